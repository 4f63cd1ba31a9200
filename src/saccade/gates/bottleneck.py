"""Bottleneck gate: what and where at once, added to the features."""

from typing import ClassVar, final

from jaxtyping import Float
from torch import Tensor, nn

from saccade.checks import check_positive
from saccade.gates.fused.channel_means import channel_means
from saccade.gates.gate import Gate, check_not_alone
from saccade.gates.hard import Choice
from saccade.gates.perceptron import hidden_units


@final
class Bottleneck(Gate):
    r"""Add to the features their own weighted form, by a map of channels and places.

    $y = x \odot (1 + M), \quad M = \sigma(M_c + M_s)$

    $M_c = \text{BN}(W_1\,\text{ReLU}(W_0 \bar x + b_0)), \quad
    M_s = \text{BN}(f_3^{1 \times 1}(f_2^{3 \times 3}(f_1^{3 \times 3}(f_0^{1 \times 1}(x)))))$

    with a ReLU after each of $f_0$, $f_1$, $f_2$. With $h = \max(\lfloor C/r \rfloor, 4)$,
    $3Ch + 18h^2 + 2C + 5h + 2$ parameters.

    Args:
        channels: How many channels the features have.
        reduction: How many times fewer hidden units than channels ($r$); at least 4 are kept.
        dilation: How far apart the nine places are that a 3×3 convolution looks at.
        hard: Whether the map is of zeros and ones.
        keep: The fraction of cells, channels by places, that a hard map aims at.

    Raises:
        OptionError: A size below 1, a `keep` that is no fraction.
        DataError: Learning from a single image: its channels have nothing to be normalised against.

    Example:
        >>> import torch
        >>> gate = Bottleneck(16, reduction=4).eval()
        >>> features = torch.randn(2, 16, 5, 7)
        >>> torch.allclose(gate(features), features * (1 + gate.map(features)))
        True

    Source:
        Park et al. 2018, arXiv:1807.06514, section 3, equations 1 to 5.

    Differs:
        The paper's equations write no nonlinearity inside the two branches, which would then be linear; the ReLUs are
        those of the authors' code. That code multiplies the two branches where the paper adds them, and has batch
        normalisations inside the branches in place of those at their ends. What a normalisation would take away again,
        a bias just before it, is left out. With few channels at least 4 hidden units are kept. The paper has one such
        gate between any two stages of a network.
    """

    axes: ClassVar[tuple[str, ...]] = ("channel", "height", "width")
    residual = True

    def __init__(
        self, channels: int, *, reduction: int = 16, dilation: int = 4, hard: bool = False, keep: float = 0.3
    ) -> None:
        super().__init__(channels)
        check_positive(dilation=dilation)
        hidden = hidden_units(channels, reduction)
        self.channel = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, channels, bias=False), nn.BatchNorm1d(channels)
        )
        self.spatial = nn.Sequential(
            nn.Conv2d(channels, hidden, 1),
            nn.ReLU(),
            nn.Conv2d(hidden, hidden, 3, padding=dilation, dilation=dilation),
            nn.ReLU(),
            nn.Conv2d(hidden, hidden, 3, padding=dilation, dilation=dilation),
            nn.ReLU(),
            nn.Conv2d(hidden, 1, 1, bias=False),
            nn.BatchNorm2d(1),
        )
        self.choose = Choice(hard, keep)

    def map(self, source: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel height width"]:
        """Add what each channel says to what each place says."""
        check_not_alone(self, source)
        return self.choose(self.channel(channel_means(source))[:, :, None, None] + self.spatial(source))
