"""Residual mask gate: a small hourglass network looks at a block's input and weighs what the block makes of it."""

from collections.abc import Callable
from typing import ClassVar, Final, Literal, final, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from saccade.checks import check_known, check_positive
from saccade.errors import OptionError
from saccade.gates.gate import Gate
from saccade.gates.hard import Choice

Learning = Literal["residual", "naive"]
Normalisation = Literal["mixed", "channel", "spatial"]

EPSILON: Final = 1e-5
"""Added to a variance, so that a map that is the same everywhere is not divided by 0."""


@final
class ResidualMask(Gate):
    r"""Weigh a block's output by a mask branch, which reads the block's input: down to a few places and up again.

    $y = T \odot (1 + M(x))$, or, naive, $y = T \odot M(x)$

    On the way down, as many times as there are steps, a 3×3 max-pooling by 2 and $r$ units; on the way up $r$ units
    and a bilinear interpolation to the very size that was pooled. What was made at a size on the way down is added,
    through a unit, at the same size on the way up. Two 1×1 convolutions, each after a batch normalisation and a
    ReLU, make numbers $a$ of it, and one of three normalisations the mask:

    mixed $\sigma(a_{ic})$; channel $a_{ic} / \lVert a_i \rVert$; spatial
    $\sigma((a_{ic} - \text{mean}_c) / \text{std}_c)$, both over the places $i$ of one image

    $(2 r s + s - 1)$ units for $s$ steps, and $2C^2 + 4C$ parameters.

    Args:
        channels: How many channels the features and the source have.
        unit: Makes a residual unit, given its channels.
        steps: How often the branch pools ($s$).
        r: How many units there are between two poolings.
        learning: `residual` multiplies by 1 + mask, `naive` by the mask.
        normalisation: What makes a mask of numbers.
        hard: Whether the mask is of zeros and ones; `mixed` only.
        keep: The fraction of cells, channels by places, that a hard mask aims at.

    Raises:
        OptionError: A size below 1, an unknown kind of learning or normalisation, a `keep` that is no fraction, a
            hard mask that is not `mixed`.

    Example:
        >>> gate = ResidualMask(3, unit=lambda channels: nn.Conv2d(channels, channels, 3, padding=1), steps=2)
        >>> block_input, trunk = torch.randn(2, 3, 5, 7), torch.randn(2, 3, 5, 7)
        >>> gate(trunk, source=block_input).shape
        torch.Size([2, 3, 5, 7])

    Source:
        Wang et al. 2017, arXiv:1704.06904, sections 3.1 and 3.2, equations 1 and 3 to 6, and figure 2.

    Differs:
        The paper gives neither the window of the pooling nor what stands between the last unit and the two
        convolutions, nor how the interpolation treats the rim: here the corners fall on each other, as in the
        authors' layer, whose second input gives the size and nothing else. (A well-known port adds that input, and
        the trunk, to what was interpolated.) The mask of `channel` may be negative: its range is [-1, 1]; at a place
        where all numbers are 0, so is the mask. Features of up to 2×2 places are pooled to one, so a mask says nothing
        of the place there, and with `spatial` nothing at all: it is 0.5 everywhere.
    """

    axes: ClassVar[tuple[str, ...]] = ("channel", "height", "width")

    def __init__(
        self,
        channels: int,
        *,
        unit: Callable[[int], nn.Module],
        steps: int,
        r: int = 1,
        learning: Learning = "residual",
        normalisation: Normalisation = "mixed",
        hard: bool = False,
        keep: float = 0.3,
    ) -> None:
        super().__init__(channels)
        check_positive(steps=steps, r=r)
        check_known("learning", learning, get_args(Learning))
        check_known("normalisation", normalisation, get_args(Normalisation))
        if hard and normalisation != "mixed":
            raise OptionError(
                f"A hard mask is a threshold of `normalisation: mixed`, but `normalisation` is {normalisation!r}. "
                "Take `mixed`, or `hard: false`."
            )
        self.residual = learning == "residual"
        self.range = (-1.0, 1.0) if normalisation == "channel" else (0.0, 1.0)
        self.down = nn.ModuleList(_units(unit, channels, r) for _ in range(steps))
        self.skip = nn.ModuleList(unit(channels) for _ in range(steps - 1))
        self.up = nn.ModuleList(_units(unit, channels, r) for _ in range(steps))
        self.project = nn.Sequential(*_convolution(channels), *_convolution(channels))
        self.normalise = Choice(hard, keep) if normalisation == "mixed" else NORMALISATIONS[normalisation]

    def map(self, source: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel height width"]:
        """Go down and up again."""
        return self.normalise(self.project(self._below(source, 0)))

    def _below(self, outer: Tensor, level: int) -> Tensor:
        """What the levels from this one down make of features: of the features' own size."""
        inner = self.down[level](functional.max_pool2d(outer, 3, stride=2, padding=1))
        if level + 1 < len(self.down):
            inner = self.skip[level](inner) + self._below(inner, level + 1)
        return functional.interpolate(self.up[level](inner), outer.shape[2:], mode="bilinear", align_corners=True)


def over_channels(numbers: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel height width"]:
    """Set the vector of all channels to length 1 at each place: what is left says nothing of the place."""
    return functional.normalize(numbers, dim=1)


def over_places(numbers: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel height width"]:
    """Standardise each channel over the places of an image, before the sigmoid: what is left says only where."""
    variance, mean = torch.var_mean(numbers, (2, 3), correction=0, keepdim=True)
    return ((numbers - mean) * (variance + EPSILON).rsqrt()).sigmoid()


NORMALISATIONS: dict[str, Callable[[Tensor], Tensor]] = {"channel": over_channels, "spatial": over_places}


def _units(unit: Callable[[int], nn.Module], channels: int, r: int) -> nn.Sequential:
    return nn.Sequential(*(unit(channels) for _ in range(r)))


def _convolution(channels: int) -> tuple[nn.Module, ...]:
    return nn.BatchNorm2d(channels), nn.ReLU(), nn.Conv2d(channels, channels, 1, bias=False)
