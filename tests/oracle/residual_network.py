"""Residual networks written from He, Zhang, Ren, Sun 2016, arXiv:1512.03385."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .grids import Convolution, Normalisation, Pooling, convolve, each_pixel, max_pool, normalise, relu, sum_of

Convolved = tuple[Convolution, Normalisation]
Gate = Callable[[Tensor], Tensor]


class Block(NamedTuple):
    """Two 3×3 layers (figure 5, left) or 1×1, 3×3, 1×1 (right), and the way around them."""

    layers: Sequence[Convolved]
    shortcut: Callable[[Tensor], Tensor] = lambda x: x
    gate: Gate = lambda x: x


def convolved(x: Tensor, layer: Convolved) -> Tensor:
    """Convolve and normalise: section 3.4, "right after each convolution and before activation"."""
    convolution, norm = layer
    return normalise(convolve(x, convolution), norm)


def block(x: Tensor, part: Block) -> Tensor:
    """δ(gate(F(x)) + shortcut(x)): equation 2; the gate as in Hu 2018, figure 3: after F, before the sum."""
    inner = x
    for layer in part.layers[:-1]:
        inner = relu(convolved(inner, layer))
    return relu(part.gate(convolved(inner, part.layers[-1])) + part.shortcut(x))


def projection(layer: Convolved) -> Callable[[Tensor], Tensor]:
    """Make the way around from a 1×1 convolution: section 3.3, option B."""
    return lambda x: convolved(x, layer)


def padded_with_zeros(channels: int, stride: int, before: int = 0) -> Callable[[Tensor], Tensor]:
    """Make the way around without parameters: section 3.3, option A; every other pixel, and zeros for new channels.

    Args:
        channels: How many there shall be.
        stride: 1 or 2.
        before: How many of the new channels come before the old ones; the paper does not say.
    """

    def shortcut(x: Tensor) -> Tensor:
        height, width = (-(-length // stride) for length in x.shape[2:])
        kept = each_pixel(height, width, lambda i, j: x[:, :, i * stride, j * stride])
        lacking = channels - x.shape[1]
        zeros = torch.zeros_like(kept[:, :1])
        parts = [zeros] * before + [kept] + [zeros] * (lacking - before)
        return torch.cat(parts, dim=1)

    return shortcut


def network(images: Tensor, stem: Convolved, blocks: Sequence[Block], pooling: Pooling | None = None) -> Tensor:
    """Give the last feature grid: a first layer, a maximum pooling (only of 224×224, table 1), then the blocks."""
    x = relu(convolved(images, stem))
    if pooling is not None:
        x = max_pool(x, pooling)
    for part in blocks:
        x = block(x, part)
    return x


def cells(grid: Tensor) -> Tensor:
    """List the cells of a grid row by row: (batch, cell, channel)."""
    return torch.stack([grid[:, :, i, j] for i in range(grid.shape[2]) for j in range(grid.shape[3])], dim=1)


def mean_of_cells(memory: Tensor) -> Tensor:
    """Average over all cells, "global average pooling"."""
    return sum_of(list(memory.unbind(1))) / memory.shape[1]
