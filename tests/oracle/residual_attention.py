"""The residual attention network, written from Wang et al. 2017, arXiv:1704.06904."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .gates import weigh, weigh_residually
from .grids import Convolution, Normalisation, Pooling, convolve, each_pixel, max_pool, normalise, relu, resize, sigmoid

Unit = Callable[[Tensor], Tensor]


class PreActivated(NamedTuple):
    """A normalisation and a ReLU, and the convolution after them: He et al. 2016, arXiv:1603.05027, figure 1b."""

    norm: Normalisation
    convolution: Convolution


def activated(x: Tensor, norm: Normalisation) -> Tensor:
    """δ(BN(x))."""
    return relu(normalise(x, norm))


def residual_unit(layers: Sequence[PreActivated], projection: Convolution | None = None) -> Unit:
    """Make x + F(x), F three pre-activated convolutions 1×1, 3×3, 1×1.

    Where the width or size changes, the way around is a projection of the activated input, as in He's second paper.
    """

    def unit(x: Tensor) -> Tensor:
        first = activated(x, layers[0].norm)
        inner = convolve(first, layers[0].convolution)
        for norm, convolution in layers[1:]:
            inner = convolve(activated(inner, norm), convolution)
        return inner + (x if projection is None else convolve(first, projection))

    return unit


def chain(units: Sequence[Unit], x: Tensor) -> Tensor:
    """Apply one after the other."""
    for unit in units:
        x = unit(x)
    return x


# --- mask: section 3.2 ------------------------------------------------------------------------------------------------


class Level(NamedTuple):
    """What is done at one size below the module's own, largest first."""

    down: Sequence[Unit]
    """r units after the pooling that leads here."""
    up: Sequence[Unit]
    """r units before the interpolation that leads away; at the least size they follow `down` directly."""
    skip: Unit | None = None
    """The connection from the end of `down` to the beginning of `up`, at all but the least size."""


class Mask(NamedTuple):
    """A soft mask branch: down, up, two 1×1 convolutions."""

    levels: Sequence[Level]
    first: PreActivated
    second: PreActivated
    pooling: Pooling
    corners: bool = False
    """How the interpolation lays pixels out, see `grids.resize`; the paper does not say."""


def mask_logits(x: Tensor, mask: Mask) -> Tensor:
    """Look at more and more of the image, and come back to its size: section 3.2, figure 2.

    Interpolation gives exactly the size that was pooled, and nothing is added after the last one.
    """
    inner = below(x, mask, list(mask.levels))
    for norm, convolution in (mask.first, mask.second):
        inner = convolve(activated(inner, norm), convolution)
    return inner


def below(x: Tensor, mask: Mask, levels: list[Level]) -> Tensor:
    """Go one size down, do all that is there, and interpolate back."""
    level, deeper = levels[0], levels[1:]
    here = chain(level.down, max_pool(x, mask.pooling))
    if deeper:
        assert level.skip is not None
        here = level.skip(here) + below(here, mask, deeper)
    return resize(chain(level.up, here), x.shape[2], x.shape[3], corners=mask.corners)


# --- normalisation: section 3.3, equations 4 to 6 ---------------------------------------------------------------------


def mixed(x: Tensor) -> Tensor:
    """f_1(x_{i,c}) = 1 / (1 + exp(−x_{i,c})): equation 4."""
    return sigmoid(x)


def channel(x: Tensor) -> Tensor:
    """f_2(x_{i,c}) = x_{i,c} / ‖x_i‖, over the channels of each place: equation 5."""

    def place(i: int, j: int) -> Tensor:
        vector = x[:, :, i, j]
        return vector / torch.sqrt((vector**2).sum(dim=1, keepdim=True))

    return each_pixel(*x.shape[2:], place)


def spatial(x: Tensor, epsilon: float = 0.0) -> Tensor:
    """f_3(x_{i,c}) = 1 / (1 + exp(−(x_{i,c} − mean_c) / std_c)), over the places of each channel: equation 6."""
    places = x.shape[2] * x.shape[3]
    mean = x.sum(dim=(2, 3), keepdim=True) / places
    variance = ((x - mean) ** 2).sum(dim=(2, 3), keepdim=True) / places
    return sigmoid((x - mean) / torch.sqrt(variance + epsilon))


NORMALISATIONS = {"mixed": mixed, "channel": channel, "spatial": spatial}


# --- module: sections 3.1 and 4 ---------------------------------------------------------------------------


class Module(NamedTuple):
    """An attention module: p units, t units in the trunk beside the mask, p units."""

    before: Sequence[Unit]
    trunk: Sequence[Unit]
    mask: Mask
    after: Sequence[Unit]


def gate(trunk: Tensor, source: Tensor, mask: Mask, learning: str, normalisation: Unit) -> Tensor:
    """(1 + M(x)) T(x), equation 3, or naively M(x) T(x), equation 1; M reads what the trunk reads."""
    weights = normalisation(mask_logits(source, mask))
    return weigh_residually(trunk, weights) if learning == "residual" else weigh(trunk, weights)


def attention_module(x: Tensor, part: Module, learning: str, normalisation: Unit) -> Tensor:
    """Let p units, the trunk with its mask, and p units follow each other: section 3, figure 2."""
    x = chain(part.before, x)
    return chain(part.after, gate(chain(part.trunk, x), x, part.mask, learning, normalisation))
