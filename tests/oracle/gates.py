"""Gates written from their papers. Each function gives the map of features (batch, channel, height, width)."""

import itertools
import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .grids import (
    Convolution,
    Normalisation,
    average,
    convolve,
    each_pixel,
    linear,
    maximum,
    normalise,
    relu,
    sigmoid,
    softmax,
    sum_of,
)

Layer = tuple[Tensor, Tensor | None]
"""The weight and the bias of a fully connected layer."""

Choose = Callable[[Tensor], Tensor]
"""From numbers to a map: the sigmoid, which all of the papers have, or `hard`."""


def weigh(features: Tensor, weights: Tensor) -> Tensor:
    """Multiply the value of each channel at each place by its weight, pixel by pixel."""
    weights = weights.expand_as(features)
    return each_pixel(*features.shape[2:], lambda i, j: features[:, :, i, j] * weights[:, :, i, j])


def weigh_residually(features: Tensor, weights: Tensor) -> Tensor:
    """(1 + M) F: Wang 2017, equation 3; F + F M: Park 2018, equation 1."""
    weights = weights.expand_as(features)
    return each_pixel(*features.shape[2:], lambda i, j: features[:, :, i, j] * (1 + weights[:, :, i, j]))


def of_channels(values: Tensor) -> Tensor:
    """Lay (batch, channel) out as (batch, channel, 1, 1)."""
    return values[:, :, None, None]


def channel(features: Tensor, squeeze: Layer, excite: Layer, choose: Choose = sigmoid) -> Tensor:
    """s = σ(W_2 δ(W_1 z)), z the mean of each channel: Hu, Shen, Sun 2018, arXiv:1709.01507, equations 2 and 3."""
    return of_channels(choose(linear(relu(linear(average(features), *squeeze)), *excite)))


def efficient_channel_kernel(channels: int, gamma: int = 2, b: int = 1) -> int:
    """k = |log₂(C)/γ + b/γ|_odd, the nearest odd number: Wang 2020, arXiv:1910.03151, equation 12.

    Of two that are as near it is the larger one, as in the authors' code; the paper does not say.
    """
    wanted = abs(math.log2(channels) / gamma + b / gamma)
    odd = range(1, 99, 2)
    nearest = min(abs(k - wanted) for k in odd)
    return max(k for k in odd if abs(k - wanted) == nearest)


def efficient_channel(
    features: Tensor, weight: Sequence[Tensor], bias: Tensor | None = None, choose: Choose = sigmoid
) -> Tensor:
    """ω_c = σ(Σ_j w_j y_{c + j − (k−1)/2}), one w for all channels: Wang 2020, equations 7 and 8; no bias there."""
    means = average(features)
    channels, half = means.shape[1], (len(weight) - 1) // 2
    sums = []
    for c in range(channels):
        near = [(j, c + j - half) for j in range(len(weight)) if 0 <= c + j - half < channels]
        sums.append(sum_of([weight[j] * means[:, other] for j, other in near]))
    numbers = torch.stack(sums, dim=1)
    return of_channels(choose(numbers if bias is None else numbers + bias))


def spatial(features: Tensor, convolution: Convolution, choose: Choose = sigmoid) -> Tensor:
    """σ(f^{7×7}([mean over channels; maximum over channels])): Woo 2018, arXiv:1807.06521, equation 3."""

    def both(i: int, j: int) -> Tensor:
        pixel = features[:, :, i, j]
        mean = sum_of(list(pixel.unbind(1))) / pixel.shape[1]
        return torch.stack([mean, torch.stack(pixel.unbind(1)).max(dim=0).values], dim=1)

    return choose(convolve(each_pixel(*features.shape[2:], both), convolution))


def channel_of_cbam(features: Tensor, hidden: Layer, out: Layer, choose: Choose = sigmoid) -> Tensor:
    """σ(MLP(mean) + MLP(maximum)), one MLP with a ReLU between: Woo 2018, equation 2."""
    means, maxima = (linear(relu(linear(pooled(features), *hidden)), *out) for pooled in (average, maximum))
    return of_channels(choose(means + maxima))


def channel_then_spatial(
    features: Tensor, hidden: Layer, out: Layer, convolution: Convolution, choose: Choose = sigmoid
) -> tuple[Tensor, Tensor]:
    """F' = M_c(F) F and F'' = M_s(F') F': Woo 2018, equation 1. Gives both maps; F'' is F times both."""
    channels = channel_of_cbam(features, hidden, out, choose)
    return channels, spatial(weigh(features, channels), convolution, choose)


def bottleneck(
    features: Tensor,
    hidden: Layer,
    out: Layer,
    channel_norm: Normalisation,
    convolutions: Sequence[Convolution],
    spatial_norm: Normalisation,
    between: Callable[[Tensor], Tensor],
    choose: Choose = sigmoid,
) -> Tensor:
    """σ(M_c(F) + M_s(F)): Park 2018, arXiv:1807.06514, equations 2 to 4.

    M_c = BN(W_1 δ(W_0 mean + b_0) + b_1): the formula has no δ, the text an MLP, which has one.
    M_s = BN(f_3(f_2(f_1(f_0(F))))), f_0 and f_3 1×1, f_1 and f_2 3×3 with dilation 4.

    Args:
        between: What comes after each convolution but the last: nothing in the formula, in the authors' network a
            batch normalisation and a ReLU.
    """
    channels = normalise(of_channels(linear(relu(linear(average(features), *hidden)), *out)), channel_norm)
    x = features
    for n, convolution in enumerate(convolutions):
        x = convolve(x, convolution)
        if n < len(convolutions) - 1:
            x = between(x)
    return choose(channels + normalise(x, spatial_norm))


# --- scales -----------------------------------------------------------------------------------------------------------


def scale(
    branches: Sequence[Tensor], reduce: Tensor, norm: Normalisation | None, select: Sequence[Tensor]
) -> list[Tensor]:
    """Weigh the channels of branches: Li 2019, arXiv:1903.06586, equations 1 to 5.

    U = Σ_s U_s;  z = δ(BN(W mean(U)));  a_{s,c} = exp(A_{s,c} z) / Σ_t exp(A_{t,c} z).

    Args:
        branches: U_s, each (batch, channel, height, width).
        reduce: W (d, channel).
        norm: BN; None if there is none.
        select: A_s, each (channel, d).

    Returns:
        a_s, each (batch, channel, 1, 1).
    """
    z = of_channels(linear(average(sum_of(branches)), reduce))
    z = relu(z if norm is None else normalise(z, norm))[:, :, 0, 0]
    logits = torch.stack([linear(z, matrix) for matrix in select])
    return [of_channels(weights) for weights in softmax(logits, dim=0)]


def width_of_scale(channels: int, reduction: int = 16, least: int = 32) -> int:
    """d = max(C / r, L): Li 2019, equation 4."""
    return max(channels // reduction, least)


def pyramid(branches: Sequence[Tensor], first: Convolution, second: Convolution) -> list[Tensor]:
    """Weigh scales at each place: Chen 2016, arXiv:1511.03339, section 3.2, equation 2.

    w_{s,i} = exp(h_{s,i}) / Σ_t exp(h_{t,i}), h from all scales' features side by side by two layers: 3×3 with a
    ReLU, then 1×1 with as many channels as there are scales.

    Args:
        branches: The features of the scales, resized to one size.

    Returns:
        w_s, each (batch, 1, height, width).
    """
    h = convolve(relu(convolve(torch.cat(list(branches), dim=1), first)), second)
    return list(softmax(h, dim=1).split(1, dim=1))


def mix(branches: Sequence[Tensor], weights: Sequence[Tensor]) -> Tensor:
    """Σ_s w_s U_s: Li 2019, equation 6; Chen 2016, equation 1."""
    return sum_of([weigh(branch, weight) for branch, weight in zip(branches, weights, strict=True)])


# --- hard -------------------------------------------------------------------------------------------------------------


def hard(numbers: Tensor) -> Tensor:
    """1 where the sigmoid is above a half, else 0; backward as the sigmoid: Bengio 2013, arXiv:1308.3432, section 4."""
    soft = sigmoid(numbers)
    steps = torch.zeros_like(soft)
    for place in itertools.product(*map(range, soft.shape)):
        steps[place] = float(soft[place] > 0.5)
    return steps.detach() + (soft - soft.detach())


def distance(map_: Tensor, keep: float) -> Tensor:
    """(fraction kept in the whole batch − target)²: Veit, Belongie 2018, arXiv:1711.11503, section 3.3."""
    return (map_.sum() / map_.numel() - keep) ** 2
