"""Cluttered MNIST: a handwritten digit anywhere on a canvas, among pieces of others."""

import math
from typing import Final

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from saccade.data.images import LabelledImages
from saccade.data.sets.home import SPLITS, check_least
from saccade.data.sets.mnist import CLASSES, digits
from saccade.data.stamps import ink_boxes, window

LEAST_SIZE: Final = 28
_PIECE: Final = 8
# Images that are made together; they are made whole, so that asking for more changes none.
_TOGETHER: Final = 1_000
# From this grey on, a pixel belongs to the digit.
_INK: Final = 64


def cluttered_mnist(
    split: str, *, images: int = 20_000, seed: int = 0, size: int = 60, pieces: int = 4
) -> LabelledImages:
    """A handwritten digit at a random place among pieces of other digits, 8 × 8 each; its box is known.

    Args:
        split: train, validation or test; each has digits of its own, those of `mnist`.
        images: How many; as many as wanted, the first ones are always the same.
        seed: Another seed, other images.
        size: Height and width of the canvas; 60 and 100 are usual.
        pieces: How many pieces: 4 on a canvas of 60, 8 on one of 100 are usual.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.

    Source:
        Mnih, Heess, Graves, Kavukcuoglu 2014, arXiv:1406.6247, section 4.1.

    Differs:
        Where a piece and the digit meet, the lighter of the two is seen.
    """
    check_least(images=(images, 1), seed=(seed, 0), size=(size, LEAST_SIZE), pieces=(pieces, 0))
    source, labels = digits(split, "cluttered-mnist")
    chunks = []
    for number in range(math.ceil(images / _TOGETHER)):
        random = np.random.default_rng([seed, SPLITS.index(split), number])
        chosen = random.integers(len(source), size=_TOGETHER)
        chunks.append((*_canvases(random, source, chosen, size, pieces), labels[chosen]))
    pixels, boxes, shown = (np.concatenate(parts)[:images] for parts in zip(*chunks, strict=True))
    return LabelledImages(pixels, shown, CLASSES, boxes=boxes, names=f"cluttered-mnist {split}")


def _canvases(
    random: np.random.Generator,
    source: UInt8[np.ndarray, "digit 28 28"],
    chosen: Int64[np.ndarray, " image"],
    size: int,
    pieces: int,
) -> tuple[UInt8[np.ndarray, "image size size 1"], Float32[np.ndarray, "image 4"]]:
    """Canvases with the chosen digits, and the digits' boxes."""
    canvases = np.zeros((_TOGETHER, size, size), dtype=np.uint8)
    corners = random.integers(0, size - 28, size=(_TOGETHER, 2), endpoint=True)
    _lay(canvases, source[chosen], corners)
    for _ in range(pieces):
        cut = _windows(source, random.integers(len(source), size=_TOGETHER), random)
        _lay(canvases, cut, random.integers(0, size - _PIECE, size=(_TOGETHER, 2), endpoint=True))
    return canvases[..., None], ink_boxes(source[chosen] >= _INK, corners)


def _windows(
    source: UInt8[np.ndarray, "digit 28 28"], chosen: Int64[np.ndarray, " image"], random: np.random.Generator
) -> UInt8[np.ndarray, "image 8 8"]:
    """A piece of each of these digits."""
    corners = random.integers(0, 28 - _PIECE, size=(len(chosen), 2), endpoint=True)
    _, down, across = window(corners, _PIECE)
    return source[chosen[:, None, None], down, across]


def _lay(
    canvases: UInt8[np.ndarray, "image size size"],
    pictures: UInt8[np.ndarray, "image side side"],
    corners: Int64[np.ndarray, "image 2"],
) -> None:
    """Lay a picture on each canvas; the lighter pixel stays."""
    where = window(corners, pictures.shape[1])
    canvases[where] = np.maximum(canvases[where], pictures)
