"""Where an item of an image's memory lies in the image."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import NamedTuple, ParamSpec

import torch

Sizes = ParamSpec("Sizes")


class Box(NamedTuple):
    """A rectangle of an image, in pixels of what the encoder was given; its right and bottom edges are outside.

    Example:
        >>> Box(left=0.0, top=4.0, right=4.0, bottom=8.0).bottom
        8.0
    """

    left: float
    top: float
    right: float
    bottom: float


Boxes = tuple[Box, ...]


def _once_a_size(make: Callable[Sizes, Boxes]) -> Callable[Sizes, Boxes]:
    """Keep what was made for a size: sizes are few, those of the training and of the images looked at."""
    kept = lru_cache(maxsize=64)(make)

    @wraps(make)
    def boxes(*sizes: Sizes.args, **more: Sizes.kwargs) -> Boxes:
        # A compiler does not look into what is kept, and makes it once for itself.
        return make(*sizes, **more) if torch.compiler.is_compiling() else kept(*sizes, **more)

    return boxes


@_once_a_size
def tiles(rows: int, columns: int, height: int, width: int) -> Boxes:
    """Share an image among the cells of a grid, row by row.

    A cell of a convolutional network sees more than its tile: the tile says where it stands, not how far it sees.

    Example:
        >>> tiles(rows=1, columns=2, height=5, width=7)
        (Box(left=0.0, top=0.0, right=3.5, bottom=5.0), Box(left=3.5, top=0.0, right=7.0, bottom=5.0))
    """
    across = [width * column / columns for column in range(columns + 1)]
    down = [height * row / rows for row in range(rows + 1)]
    return tuple(
        Box(across[column], down[row], across[column + 1], down[row + 1])
        for row in range(rows)
        for column in range(columns)
    )


@_once_a_size
def windows(rows: int, columns: int, height: int, width: int, *, side: int, stride: int) -> Boxes:
    """Give the place of square windows of an image, row by row; where one reaches over the edge, it ends there.

    Example:
        >>> windows(1, 2, height=4, width=7, side=4, stride=4)
        (Box(left=0.0, top=0.0, right=4.0, bottom=4.0), Box(left=4.0, top=0.0, right=7.0, bottom=4.0))
    """
    return tuple(
        Box(float(left), float(top), float(min(left + side, width)), float(min(top + side, height)))
        for top in range(0, rows * stride, stride)
        for left in range(0, columns * stride, stride)
    )
