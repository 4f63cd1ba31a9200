"""How many parameters and multiplications known networks have, counted layer by layer from the tables of their papers.

A *layer* is one convolution without a bias, and its batch normalisation. Multiplications are those of the convolutions:
what a paper calls "FLOPs (multiply-adds)", and half of what PyTorch's counter gives. The last, linear layer is not
counted here.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Layer(NamedTuple):
    """A convolution to so many places, and how many channels its normalisation has."""

    channels: int
    out: int
    size: int
    places: int
    normalised: int = 0

    @property
    def weights(self) -> int:
        """Count the kernel's entries."""
        return self.channels * self.out * self.size**2


def multiplications(layers: Sequence[Layer]) -> int:
    """Multiply each weight once for each place."""
    return sum(layer.weights * layer.places for layer in layers)


def parameters(layers: Sequence[Layer]) -> int:
    """Count kernels, and a scale and a shift for each normalised channel."""
    return sum(layer.weights + 2 * layer.normalised for layer in layers)


def then_normalised(channels: int, out: int, size: int, side: int) -> Layer:
    """Give a convolution with the normalisation after it: He 2016, arXiv:1512.03385."""
    return Layer(channels, out, size, side**2, normalised=out)


def first_normalised(channels: int, out: int, size: int, side: int) -> Layer:
    """Give a convolution with the normalisation before it: He 2016, arXiv:1603.05027."""
    return Layer(channels, out, size, side**2, normalised=channels)


def halved(length: int) -> int:
    """Say how long a side is after a stride of 2: a half, rounded up."""
    return (length + 1) // 2


# --- residual networks: He 2016, arXiv:1512.03385, tables 1 and 6 -----------------------------------------------------

LARGE = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}
"""Blocks per stage."""


def small(depth: int, side: int = 32, projected: bool = False) -> list[Layer]:
    """List a network for CIFAR: 6n + 2 layers, 16, 32 and 64 channels.

    Args:
        depth: 6n + 2.
        side: Of the image.
        projected: Whether the ways around are projections where the width changes (option B), or have no parameters
            (option A, the paper's choice).
    """
    layers, before = [then_normalised(3, 16, 3, side)], 16
    for stage, width in enumerate((16, 32, 64)):
        side = halved(side) if stage else side
        for block in range((depth - 2) // 6):
            layers += [then_normalised(before, width, 3, side), then_normalised(width, width, 3, side)]
            if projected and stage and not block:
                layers.append(then_normalised(before, width, 1, side))
            before = width
    return layers


def large(depth: int, side: int = 224, early: bool = False) -> list[Layer]:
    """List a network for ImageNet, with projections where the width changes (option B).

    Args:
        depth: 18, 34, 50 or 101.
        side: Of the image.
        early: Whether a block of three halves the size in its 1×1 layer, as in the paper; else in its 3×3 layer, as
            most do since.
    """
    side = halved(side)
    layers, before = [then_normalised(3, 64, 7, side)], 64
    side = halved(side)
    for stage, (width, blocks) in enumerate(zip((64, 128, 256, 512), LARGE[depth], strict=True)):
        for block in range(blocks):
            old, side = side, halved(side) if stage and not block else side
            out = width if depth < 50 else 4 * width
            if depth < 50:
                layers += [then_normalised(before, width, 3, side), then_normalised(width, width, 3, side)]
            else:
                layers += [
                    then_normalised(before, width, 1, side if early else old),
                    then_normalised(width, width, 3, side),
                    then_normalised(width, out, 1, side),
                ]
            if before != out:
                layers.append(then_normalised(before, out, 1, side))
            before = out
    return layers


# --- residual attention networks: Wang 2017, arXiv:1704.06904, table 2 ------------------------------------------------


class Attention(NamedTuple):
    """The widths and the number of modules of a residual attention network."""

    stem: int
    widths: tuple[int, int, int]
    last: int
    modules: tuple[int, int, int]
    p: int = 1
    t: int = 2
    r: int = 1

    @property
    def depth(self) -> int:
        """Count the layers of the trunk: 3 a unit in modules, before stages and at the end; the first, the label."""
        return sum(3 * (2 * self.p + self.t) * number for number in self.modules) + 3 * 3 + 3 * 3 + 1 + 1


def small_attention(modules: int) -> Attention:
    """Give the form for 32×32; the paper has no table, but these widths have its count."""
    return Attention(stem=16, widths=(64, 128, 256), last=256, modules=(modules,) * 3)


def large_attention(modules: tuple[int, int, int]) -> Attention:
    """Give the form for 224×224: table 2."""
    return Attention(stem=64, widths=(256, 512, 1024), last=2048, modules=modules)


def unit(before: int, width: int, old: int, side: int) -> list[Layer]:
    """List a residual unit: 1×1 to a quarter, 3×3, 1×1; a projection of what the first reads, where it changes."""
    inner = width // 4
    layers = [
        first_normalised(before, inner, 1, old),
        first_normalised(inner, inner, 3, side),
        first_normalised(inner, width, 1, side),
    ]
    return layers if (before, old) == (width, side) else [*layers, Layer(before, width, 1, side**2)]


def attention_module(width: int, side: int, poolings: int, network: Attention) -> list[Layer]:
    """List a module: 2p + t units, the mask's at each smaller size, one in each connection between, two 1×1 layers."""
    layers = unit(width, width, side, side) * (2 * network.p + network.t)
    layers += [first_normalised(width, width, 1, side)] * 2
    for level in range(poolings):
        side = halved(side)
        connected = level < poolings - 1
        layers += unit(width, width, side, side) * (2 * network.r + connected)
    return layers


def attention(network: Attention, side: int) -> list[Layer]:
    """List a residual attention network: masks pool 3, 2 and 1 times, each stage but the first halves the size."""
    is_large = side >= 224
    side = halved(side) if is_large else side
    layers, before = [then_normalised(3, network.stem, 7 if is_large else 3, side)], network.stem
    side = halved(side) if is_large else side
    for stage, (width, modules) in enumerate(zip(network.widths, network.modules, strict=True)):
        old, side = side, halved(side) if stage else side
        layers += unit(before, width, old, side)
        layers += attention_module(width, side, 3 - stage, network) * modules
        before = width
    old, side = side, halved(side) if is_large else side
    layers += unit(before, network.last, old, side) + unit(network.last, network.last, side, side) * 2
    return [*layers, Layer(0, 0, 0, 0, normalised=network.last)]


# --- patches: Dosovitskiy 2021, arXiv:2010.11929, table 1 -------------------------------------------------------------


def transformer_parameters(layers: int, d_model: int, patch: int, patches: int, class_token: bool) -> int:
    """Count embedding, positions, class token, layers and the last normalisation; every linear layer has a bias."""
    hidden = 4 * d_model
    layer = 4 * (d_model**2 + d_model) + 2 * d_model * hidden + hidden + d_model + 2 * 2 * d_model
    embedding = 3 * patch**2 * d_model + d_model
    positions = (patches + class_token) * d_model + class_token * d_model
    return embedding + positions + layers * layer + 2 * d_model


def transformer_multiplications(layers: int, d_model: int, patch: int, patches: int, class_token: bool) -> int:
    """Multiply patches by the embedding, vectors by 12 d² weights a layer, pairs for the scores and the contexts."""
    vectors = patches + class_token
    layer = vectors * 12 * d_model**2 + 2 * vectors**2 * d_model
    return patches * 3 * patch**2 * d_model + layers * layer
