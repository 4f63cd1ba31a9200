"""The parts of a convolutional network, written from their definitions: one pixel at a time.

*Images* are (batch, channel, height, width), float64. What lies outside an image is left out of the sums, so that no
padding can hide a mistake. Everything is differentiable.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Convolution(NamedTuple):
    """A kernel (out, in, height, width), and how it walks."""

    weight: Tensor
    bias: Tensor | None = None
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1


class Normalisation(NamedTuple):
    """Batch normalisation: Ioffe, Szegedy 2015, arXiv:1502.03167. Without a mean and variance it takes the batch's."""

    scale: Tensor
    shift: Tensor
    mean: Tensor | None = None
    variance: Tensor | None = None
    epsilon: float = 1e-5


class Pooling(NamedTuple):
    """A square window, and how it walks."""

    size: int
    stride: int
    padding: int = 0


def each_pixel(height: int, width: int, channels: Callable[[int, int], Tensor]) -> Tensor:
    """Make (batch, channel, height, width) from the (batch, channel) of each pixel."""
    rows = [torch.stack([channels(i, j) for j in range(width)], dim=-1) for i in range(height)]
    return torch.stack(rows, dim=-2)


def each_image(images: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    """Apply a function of one image (channel, height, width) to each."""
    return torch.stack([function(image) for image in images])


def steps(length: int, size: int, stride: int, padding: int, dilation: int = 1) -> int:
    """Count the windows that fit between the ends, the padding included."""
    return (length + 2 * padding - (dilation * (size - 1) + 1)) // stride + 1


def convolve(images: Tensor, convolution: Convolution) -> Tensor:
    """y_{o,i,j} = b_o + Σ_{c,a,b} w_{o,c,a,b} x_{c, i·s + a·d − p, j·s + b·d − p}: stride s, dilation d, padding p."""
    weight, bias, stride, padding, dilation, groups = convolution
    height, width = images.shape[2:]
    rows, columns = weight.shape[2:]
    per_group = len(weight) // groups

    def pixel(i: int, j: int) -> Tensor:
        total = torch.zeros(len(images), len(weight), dtype=torch.float64)
        for a in range(rows):
            for b in range(columns):
                y, x = i * stride + a * dilation - padding, j * stride + b * dilation - padding
                if 0 <= y < height and 0 <= x < width:
                    seen = images[:, :, y, x].chunk(groups, dim=1)
                    kernels = weight[:, :, a, b].split(per_group)
                    total = total + torch.cat([s @ k.T for s, k in zip(seen, kernels, strict=True)], dim=1)
        return total if bias is None else total + bias

    size = steps(height, rows, stride, padding, dilation), steps(width, columns, stride, padding, dilation)
    return each_pixel(*size, pixel)


def normalise(images: Tensor, norm: Normalisation) -> Tensor:
    """γ (x − μ) / √(σ² + ε) + β for each channel; μ and σ² over the batch and all places, σ² biased."""
    channels = []
    for c in range(images.shape[1]):
        x = images[:, c]
        mean = x.sum() / x.numel() if norm.mean is None else norm.mean[c]
        variance = ((x - mean) ** 2).sum() / x.numel() if norm.variance is None else norm.variance[c]
        channels.append(norm.scale[c] * (x - mean) / torch.sqrt(variance + norm.epsilon) + norm.shift[c])
    return torch.stack(channels, dim=1)


def relu(x: Tensor) -> Tensor:
    """max(0, x)."""
    return torch.where(x > 0, x, torch.zeros_like(x))


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(−x))."""
    return 1 / (1 + torch.exp(-x))


def softmax(x: Tensor, dim: int) -> Tensor:
    """exp(x_s) / Σ_t exp(x_t) along one dimension."""
    powers = torch.exp(x - x.detach().amax(dim=dim, keepdim=True))
    return powers / powers.sum(dim=dim, keepdim=True)


def max_pool(images: Tensor, pooling: Pooling) -> Tensor:
    """Take the largest of each window, of what lies within the image."""
    size, stride, padding = pooling
    height, width = images.shape[2:]

    def pixel(i: int, j: int) -> Tensor:
        ys = [y for y in range(i * stride - padding, i * stride - padding + size) if 0 <= y < height]
        xs = [x for x in range(j * stride - padding, j * stride - padding + size) if 0 <= x < width]
        return torch.stack([images[:, :, y, x] for y in ys for x in xs]).max(dim=0).values

    return each_pixel(steps(height, size, stride, padding), steps(width, size, stride, padding), pixel)


def average(images: Tensor) -> Tensor:
    """Average each channel over all places: (batch, channel)."""
    height, width = images.shape[2:]
    return sum_of([images[:, :, i, j] for i in range(height) for j in range(width)]) / (height * width)


def maximum(images: Tensor) -> Tensor:
    """Take each channel's largest place: (batch, channel)."""
    height, width = images.shape[2:]
    return torch.stack([images[:, :, i, j] for i in range(height) for j in range(width)]).max(dim=0).values


def resize(images: Tensor, height: int, width: int, corners: bool = False) -> Tensor:
    """Interpolate linearly between the four nearest pixels.

    Args:
        images: What is resized.
        height: How high it shall be.
        width: How wide it shall be.
        corners: Whether the corners' centres stay where they are; else a pixel is a square, and its borders do.
    """

    def pixel(i: int, j: int) -> Tensor:
        (top, bottom, down), (left, right, across) = (
            neighbours(i, images.shape[2], height, corners),
            neighbours(j, images.shape[3], width, corners),
        )
        upper = (1 - across) * images[:, :, top, left] + across * images[:, :, top, right]
        lower = (1 - across) * images[:, :, bottom, left] + across * images[:, :, bottom, right]
        return (1 - down) * upper + down * lower

    return each_pixel(height, width, pixel)


def neighbours(place: int, old: int, new: int, corners: bool) -> tuple[int, int, float]:
    """Say between which two old pixels a new one lies, and how far it is from the first."""
    position = place * (old - 1) / max(new - 1, 1) if corners else (place + 0.5) * old / new - 0.5
    position = min(max(position, 0.0), old - 1.0)
    first = math.floor(position)
    return first, min(first + 1, old - 1), position - first


def linear(vectors: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """W x + b, row by row, for each of (batch, d)."""
    rows = [(vectors * row).sum(dim=-1) for row in weight]
    product = torch.stack(rows, dim=-1)
    return product if bias is None else product + bias


def sum_of(parts: Sequence[Tensor]) -> Tensor:
    """Add them all."""
    total = torch.zeros_like(parts[0])
    for part in parts:
        total = total + part
    return total
