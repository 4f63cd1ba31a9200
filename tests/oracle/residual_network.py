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


# --- how large they are, by table 1 and section 4.2 -------------------------------------------------------------------


def parameters_of_small(depth: int, labels: int = 10, projected: bool = False) -> int:
    """Count a network for CIFAR: 6n + 2 layers, 16, 32 and 64 channels, as in table 6."""
    n = (depth - 2) // 6
    total, before = conv_and_norm(3, 16, 3), 16
    for width in (16, 32, 64):
        for k in range(n):
            total += conv_and_norm(before, width, 3) + conv_and_norm(width, width, 3)
            if projected and k == 0 and before != width:
                total += conv_and_norm(before, width, 1)
            before = width
    return total + before * labels + labels


LARGE = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
"""Blocks per stage: table 1."""


def parameters_of_large(depth: int, labels: int = 1000) -> int:
    """Count a network for ImageNet, option B: table 1."""
    total, before = conv_and_norm(3, 64, 7), 64
    for width, blocks in zip((64, 128, 256, 512), LARGE[depth], strict=True):
        for _ in range(blocks):
            out = width if depth < 50 else 4 * width
            if depth < 50:
                total += conv_and_norm(before, width, 3) + conv_and_norm(width, out, 3)
            else:
                total += conv_and_norm(before, width, 1) + conv_and_norm(width, width, 3) + conv_and_norm(width, out, 1)
            if before != out:
                total += conv_and_norm(before, out, 1)
            before = out
    return total + before * labels + labels


def conv_and_norm(channels: int, out: int, size: int) -> int:
    """Count a convolution without a bias and its normalisation."""
    return channels * out * size**2 + 2 * out
