"""A transformer over the patches of an image, written from Dosovitskiy et al. 2021, arXiv:2010.11929."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from . import attention

Vectors = list[Tensor]
"""One vector for each patch, in one image."""


class Linear(NamedTuple):
    """W x + b."""

    weight: Tensor
    bias: Tensor | None = None


class Norm(NamedTuple):
    """Layer normalisation: Ba, Kiros, Hinton 2016, arXiv:1607.06450."""

    scale: Tensor
    shift: Tensor
    epsilon: float = 1e-5


class Layer(NamedTuple):
    """An encoder layer: equations 2 and 3."""

    first_norm: Norm
    query: Linear
    key: Linear
    value: Linear
    out: Linear
    heads: int
    second_norm: Norm
    widen: Linear
    narrow: Linear


def through(linear: Linear, vector: Tensor) -> Tensor:
    """W x + b."""
    product = attention.product(linear.weight, vector)
    return product if linear.bias is None else product + linear.bias


def normalised(vector: Tensor, norm: Norm) -> Tensor:
    """γ (x − mean) / √(variance + ε) + β over the entries of one vector."""
    mean = vector.sum() / len(vector)
    variance = ((vector - mean) ** 2).sum() / len(vector)
    return norm.scale * (vector - mean) / torch.sqrt(variance + norm.epsilon) + norm.shift


def gelu(vector: Tensor) -> Tensor:
    """x Φ(x): Hendrycks, Gimpel 2016, arXiv:1606.08415."""
    return vector * (1 + torch.erf(vector / math.sqrt(2))) / 2


def cut(image: Tensor, patch: int, stride: int) -> tuple[list[list[Tensor]], list[list[bool]]]:
    """Cut an image (channel, height, width) into a grid of patches, zeros where they stick out.

    Returns:
        The patches' pixels (channel, patch, patch), row by row, and whether each holds any pixel of the image.
    """
    channels, height, width = image.shape
    tops, lefts = starts(height, patch, stride), starts(width, patch, stride)
    grid = []
    for top in tops:
        row = []
        for left in lefts:
            pixels = torch.zeros(channels, patch, patch, dtype=torch.float64)
            for i in range(patch):
                for j in range(patch):
                    if top + i < height and left + j < width:
                        pixels[:, i, j] = image[:, top + i, left + j]
            row.append(pixels)
        grid.append(row)
    return grid, [[top < height and left < width for left in lefts] for top in tops]


def starts(length: int, patch: int, stride: int) -> list[int]:
    """List where patches begin, so that every pixel lies in one."""
    begins = [0]
    while begins[-1] + patch < length:
        begins.append(begins[-1] + stride)
    return begins


def sine(position: int, width: int) -> list[float]:
    """sin(p / 10000^{i/n}) for i < n, then the cosines: Vaswani 2017, arXiv:1706.03762, section 3.5, reordered."""
    angles = [position / 10000 ** (i / (width // 2)) for i in range(width // 2)]
    return [math.sin(angle) for angle in angles] + [math.cos(angle) for angle in angles]


def sines(rows: int, columns: int, width: int) -> list[Tensor]:
    """Half of the width for the row and half for the column: Parmar 2018, arXiv:1802.05751, section 3.2."""
    return [
        torch.tensor(sine(i, width // 2) + sine(j, width // 2), dtype=torch.float64)
        for i in range(rows)
        for j in range(columns)
    ]


def interpolated(positions: Sequence[Tensor], old: tuple[int, int], new: tuple[int, int]) -> list[Tensor]:
    """Give positions of another grid: section 3.2, "2D interpolation"; cubic, as in PyTorch, a = −3/4."""
    grid = [positions[i * old[1] : (i + 1) * old[1]] for i in range(old[0])]
    moved = []
    for i in range(new[0]):
        for j in range(new[1]):
            total = torch.zeros_like(positions[0])
            for y, down in cubic(i, old[0], new[0]):
                for x, across in cubic(j, old[1], new[1]):
                    total = total + down * across * grid[y][x]
            moved.append(total)
    return moved


def cubic(place: int, old: int, new: int) -> list[tuple[int, float]]:
    """Say which four old places a new one is made of, and how much of each; beyond the rim the last one goes on."""
    position = (place + 0.5) * old / new - 0.5
    first = math.floor(position)
    shares = []
    for neighbour in range(first - 1, first + 3):
        far = abs(position - neighbour)
        near = (2 - 0.75) * far**3 - (3 - 0.75) * far**2 + 1
        outer = -0.75 * (far**3 - 5 * far**2 + 8 * far - 4)
        shares.append((min(max(neighbour, 0), old - 1), near if far <= 1 else outer))
    return shares


def look(vectors: Vectors, layer: Layer, seen: Sequence[bool]) -> tuple[Vectors, Tensor]:
    """Let each patch look at all that are seen: equations 5 to 8; the weights are (head, query, key)."""
    queries, keys, values = (
        [through(linear, vector) for vector in vectors] for linear in (layer.query, layer.key, layer.value)
    )
    width = len(queries[0]) // layer.heads
    heads, weights = [], []
    for h in range(layer.heads):
        part = slice(h * width, (h + 1) * width)
        own_keys, own_values = (torch.stack([vector[part] for vector in many]) for many in (keys, values))
        looks = [
            attention.look(attention.scaled_dot(), attention.soft, query[part], own_keys, own_values, seen)
            for query in queries
        ]
        heads.append([context for context, _ in looks])
        weights.append(torch.stack([weight for _, weight in looks]))
    joined = [torch.cat([head[q] for head in heads]) for q in range(len(vectors))]
    return [through(layer.out, vector) for vector in joined], torch.stack(weights)


def encode(vectors: Vectors, layer: Layer, seen: Sequence[bool]) -> tuple[Vectors, Tensor]:
    """z' = MSA(LN(z)) + z;  z = MLP(LN(z')) + z': equations 2 and 3."""
    looked, weights = look([normalised(vector, layer.first_norm) for vector in vectors], layer, seen)
    middle = [new + old for new, old in zip(looked, vectors, strict=True)]
    outputs = []
    for vector in middle:
        hidden = gelu(through(layer.widen, normalised(vector, layer.second_norm)))
        outputs.append(through(layer.narrow, hidden) + vector)
    return outputs, weights


class Encoded(NamedTuple):
    """What an image became."""

    patches: Tensor
    """(patch, d_model)."""
    class_token: Tensor | None
    weights: list[Tensor]
    """Per layer (head, query, key), the class token first, if there is one."""


def read(
    image: Tensor,
    embedding: Linear,
    patch: int,
    stride: int,
    positions: Sequence[Tensor],
    class_token: Tensor | None,
    layers: Sequence[Layer],
    last_norm: Norm,
) -> Encoded:
    """z_0 = [x_class; x_1 E; …] + E_pos, equation 1; the layers; LN of all that comes out, equation 4.

    Args:
        positions: One for each patch, row by row; where there is a class token, its own position comes first.
    """
    grid, inside = cut(image, patch, stride)
    seen = [holds for row in inside for holds in row]
    vectors = [through(embedding, pixels.reshape(-1)) for row in grid for pixels in row]
    if class_token is not None:
        vectors, seen = [class_token, *vectors], [True, *seen]
    vectors = [vector + position for vector, position in zip(vectors, positions, strict=True)]
    weights = []
    for layer in layers:
        vectors, weight = encode(vectors, layer, seen)
        weights.append(weight)
    vectors = [normalised(vector, last_norm) for vector in vectors]
    if class_token is None:
        return Encoded(torch.stack(vectors), None, weights)
    return Encoded(torch.stack(vectors[1:]), vectors[0], weights)


def mean(encoded: Encoded, seen: Sequence[bool]) -> Tensor:
    """Average the patches that are seen: appendix D.3, "global average pooling"."""
    kept = [vector for vector, holds in zip(encoded.patches, seen, strict=True) if holds]
    return torch.stack(kept).sum(dim=0) / len(kept)
