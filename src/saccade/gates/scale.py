"""Scale gate: which receptive field."""

import math
from typing import ClassVar, Final, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.checks import check_positive
from saccade.errors import OptionError
from saccade.gates.fused.channel_means import channel_means
from saccade.gates.fused.weighed_sum import weighed_sum
from saccade.gates.gate import Gate, check_not_alone
from saccade.recording import show

LEAST_HIDDEN: Final = 32
"""The least width of the layer that the branches are weighed from (the paper's L)."""


@final
class Scale(Gate):
    r"""Look with receptive fields of several sizes, and weigh these against each other in each channel.

    $y = \sum_m M_m \odot u_m, \quad u_m = \text{ReLU}(\text{BN}(F_m * x)), \quad
    M_{mc} = \exp(a_m^c \cdot z) / \sum_n \exp(a_n^c \cdot z)$

    $z = \text{ReLU}(\text{BN}(W \bar u)), \quad u = \sum_m u_m, \quad W \in \mathbb{R}^{d \times C}, \quad
    d = \max(\lfloor C/r \rfloor, 32)$

    $F_m$ is a 3×3 convolution whose nine places are $m$ apart, so that it sees $2m + 1$ places across.
    $M (9C^2/G + 2C) + Cd + 2d + MCd$ parameters.

    Args:
        channels: How many channels the features have.
        branches: How many receptive fields there are ($M$), at least 2.
        groups: Into how many groups a convolution divides the channels ($G$): the largest number that divides both
            `channels` and this.
        reduction: How many times fewer hidden units than channels ($r$); at least 32 are kept.

    Raises:
        OptionError: A size below 1, fewer than 2 branches.
        DataError: Learning from a single image: its channels have nothing to be normalised against.

    Example:
        >>> gate = Scale(16, branches=3)
        >>> features = torch.randn(2, 16, 5, 7)
        >>> gate(features).shape, gate.map(features).shape
        (torch.Size([2, 16, 5, 7]), torch.Size([2, 3, 16, 1, 1]))

    Source:
        Li et al. 2019, arXiv:1903.06586, section 3.1, equations 1 to 6.

    Differs:
        In the paper this takes the place of a block's 3×3 convolution; here it is a gate, which may stand anywhere.
        The groups are fewer where 32 do not divide the channels. By another source, the branches read it after the
        features: in training each is normalised by its own mean and deviation, and those of both are remembered.
    """

    axes: ClassVar[tuple[str, ...]] = ("scale", "channel")

    def __init__(self, channels: int, *, branches: int = 2, groups: int = 32, reduction: int = 16) -> None:
        super().__init__(channels)
        check_positive(groups=groups, reduction=reduction)
        if branches < 2:
            raise OptionError(f"`branches` must be at least 2, to choose among, but is {branches}. Try 2.")
        groups = math.gcd(channels, groups)
        self.branches = nn.ModuleList(_branch(channels, groups, apart) for apart in range(1, branches + 1))
        hidden = max(channels // reduction, LEAST_HIDDEN)
        self.squeeze = nn.Sequential(nn.Linear(channels, hidden, bias=False), nn.BatchNorm1d(hidden), nn.ReLU())
        self.select = nn.Linear(hidden, branches * channels, bias=False)

    def map(self, source: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch scale channel 1 1"]:
        """Weigh the receptive fields in each channel against each other."""
        check_not_alone(self, source)
        return self._compare(self._split(source))

    def forward(
        self,
        features: Float[Tensor, "batch channel height width"],
        source: Float[Tensor, "batch channel height width"] | None = None,
    ) -> Float[Tensor, "batch channel height width"]:
        """Sum up what the receptive fields see, as weighed by the features or by another source."""
        return self._weigh(features, source, None)

    def add(
        self,
        features: Float[Tensor, "batch channel height width"],
        shortcut: Float[Tensor, "batch channel height width"],
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh, sum up, and add a shortcut."""
        return self._weigh(features, None, shortcut)

    def _weigh(self, features: Tensor, source: Tensor | None, shortcut: Tensor | None) -> Tensor:
        check_not_alone(self, features)
        branches = self._split(features)
        map_ = self._chosen(lambda: self._compare(branches) if source is None else self.map(source), len(features))
        show(self, map_)
        return weighed_sum(branches, map_, shortcut)

    def _split(self, features: Tensor) -> list[Tensor]:
        return [branch(features) for branch in self.branches]

    def _compare(self, branches: list[Tensor]) -> Tensor:
        # The mean of the sum is the sum of the means, and there is no need to make a sum of the features' size.
        means = torch.stack([channel_means(branch) for branch in branches]).sum(0)
        numbers = self.select(self.squeeze(means))
        return numbers.unflatten(1, (len(branches), self.channels)).softmax(1)[..., None, None]


def _branch(channels: int, groups: int, apart: int) -> nn.Sequential:
    convolution = nn.Conv2d(channels, channels, 3, padding=apart, dilation=apart, groups=groups, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(channels), nn.ReLU())
