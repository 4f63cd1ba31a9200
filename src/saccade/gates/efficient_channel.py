"""Efficient-channel gate: each channel looks at its neighbours."""

import math
from typing import final

from jaxtyping import Float
from torch import Tensor, nn

from saccade.checks import check_odd
from saccade.gates.hard import Choice
from saccade.gates.pooled import Pooled


@final
class EfficientChannel(Pooled):
    r"""Weigh each channel by a convolution, from channel to channel, over their means.

    $M_c = \sigma\bigl(\sum_{j=1}^k w_j\,\bar x_{c + j - (k+1)/2}\bigr), \quad
    \bar x_c = \frac{1}{HW} \sum_{ij} x_{cij}$

    $k$ parameters. Without a size, $k$ is the odd number nearest to $\log_2(C) / 2 + 1/2$.

    Args:
        channels: How many channels the features have.
        kernel_size: How many channels each one looks at ($k$), odd; None: by the number of channels.
        hard: Whether the map is of zeros and ones; adds one bias, to set how many it keeps.
        keep: The fraction of channels that a hard map aims at.

    Raises:
        OptionError: A number of channels below 1, an even `kernel_size`, a `keep` that is no fraction.

    Example:
        >>> import torch
        >>> EfficientChannel(512)(torch.zeros(2, 512, 5, 7)).shape
        torch.Size([2, 512, 5, 7])

    Source:
        Wang et al. 2020, arXiv:1910.03151, section 3.2, equations 9 and 12.

    Differs:
        Between two odd numbers (C = 128, 2048 …) the paper does not say which; here it is the larger. The widths of
        ResNet-50's stages, 64 to 512, thus get 3, 5, 5, 5; the outputs of its blocks, 256 to 2048, get 5, 5, 5, 7.
        The authors' code fixes other sizes by hand, and the 80 parameters that the paper counts in ResNet-50 are
        those of 3, 5, 5, 7.
    """

    def __init__(self, channels: int, *, kernel_size: int | None = None, hard: bool = False, keep: float = 0.3) -> None:
        super().__init__(channels)
        size = adaptive_size(channels) if kernel_size is None else kernel_size
        check_odd(kernel_size=size)
        self.convolution = nn.Conv1d(1, 1, size, padding=size // 2, bias=hard)
        self.choose = Choice(hard, keep)

    def excite(self, means: Float[Tensor, "batch channel"]) -> Float[Tensor, "batch channel"]:
        """Look from each channel to its neighbours."""
        return self.choose(self.convolution(means.unsqueeze(1)).squeeze(1))


def adaptive_size(channels: int) -> int:
    """How many channels each one looks at, by how many there are: the more, the more.

    Example:
        >>> [adaptive_size(channels) for channels in (16, 64, 128, 256, 512, 1024)]
        [3, 3, 5, 5, 5, 5]
    """
    return 2 * math.floor((math.log2(channels) / 2 + 1 / 2) / 2) + 1
