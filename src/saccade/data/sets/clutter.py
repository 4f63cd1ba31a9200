"""Shapes in clutter: a small digit among letters and shapes of its colours, to be found and read."""

import math
from typing import Final

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from saccade.data.images import LabelledImages
from saccade.data.sets.home import SPLITS, check_least, check_split
from saccade.data.stamps import DIGITS, KINDS, VARIANTS, ink_boxes, stamps, window

LEAST_DISTRACTORS: Final = 8
LEAST_SIZE: Final = 40
# An object is this part of the image high and wide at the most: 4 % of its area.
_SIDE: Final = 0.2
# Images that are drawn together; they are drawn whole, so that asking for more changes none.
_TOGETHER: Final = 100
_TRIES: Final = 24
# From this cover on, a pixel belongs to an object.
_INK: Final = 0.1
_PALETTES: Final = (
    ("#fbf3e4", "#f3e0c8", ("#c8453b", "#1f6f78", "#e08a1e", "#3d405b")),
    ("#e6eef5", "#cfdfec", ("#1d4e89", "#d1495b", "#2a9d6f", "#7a4fa3")),
    ("#20283a", "#2f3a52", ("#ffd166", "#ef6f6c", "#7bdff2", "#b8f2a3")),
    ("#efe9f4", "#dccfe8", ("#6a2c91", "#d6336c", "#2b7a9b", "#c77700")),
    ("#17302d", "#25463f", ("#f4f1de", "#f2a65a", "#8fd6b4", "#f27d9b")),
    ("#e9f2e4", "#d2e5ca", ("#2f6b3a", "#b5473c", "#31588a", "#a66a00")),
)


def clutter(
    split: str, *, images: int = 10_000, seed: int = 0, size: int = 64, distractors: int = 12
) -> LabelledImages:
    """A digit of at most 4 % of the area among at least eight letters and shapes; its box is known.

    All are of like size, and take their colours from the same four at random, one distractor at least that of the
    digit: how often a colour occurs says nothing, one has to look. Images are drawn from another source of chance in
    each split, so that none is in two. As many as wanted; the first ones are always the same.

    Args:
        split: train, validation or test.
        images: How many.
        seed: Another seed, other images.
        size: Height and width, in pixels.
        distractors: The most distractors; each number from 8 is as likely.

    Raises:
        OptionError: An option that is not allowed.

    Example:
        >>> found = clutter("test", images=3, seed=1)
        >>> found.image(0).shape, [found.classes[label] for label in found.labels], found.boxes[0].tolist()
        ((64, 64, 3), ['7', '4', '9'], [41.0, 47.0, 51.0, 59.0])
    """
    check_split(split)
    check_least(
        images=(images, 1), seed=(seed, 0), size=(size, LEAST_SIZE), distractors=(distractors, LEAST_DISTRACTORS)
    )
    chunks = [
        _chunk(np.random.default_rng([seed, SPLITS.index(split), number]), size, distractors)
        for number in range(math.ceil(images / _TOGETHER))
    ]
    pixels, labels, boxes = (np.concatenate(parts)[:images] for parts in zip(*chunks, strict=True))
    return LabelledImages(pixels, labels, DIGITS, boxes=boxes, names=f"clutter {split}")


def _chunk(
    random: np.random.Generator, size: int, distractors: int
) -> tuple[UInt8[np.ndarray, "image size size 3"], Int64[np.ndarray, " image"], Float32[np.ndarray, "image 4"]]:
    """Some images, their labels and boxes."""
    drawn = stamps(int(size * _SIDE))
    side = drawn.shape[-1]
    kinds = _kinds(random, distractors)
    objects = kinds.shape[1]
    places = _places(random, objects, size - side)
    palette = random.integers(len(_PALETTES), size=_TOGETHER)
    pixels = _grounds(random, palette, size)
    colours = _colours(random, palette, objects)
    cover = drawn[kinds, random.integers(VARIANTS, size=kinds.shape)] * (kinds >= 0)[..., None, None]
    # The digit comes last: nothing covers it.
    for slot in reversed(range(objects)):
        where = window(places[:, slot], side)
        under = pixels[where]
        pixels[where] = under + cover[:, slot, ..., None] * (colours[:, slot, None, None] - under)
    return np.rint(pixels).astype(np.uint8), kinds[:, 0], ink_boxes(cover[:, 0] > _INK, places[:, 0])


def _kinds(random: np.random.Generator, distractors: int) -> Int64[np.ndarray, "image object"]:
    """The kind of each object, the digit first; -1 where there is none."""
    others = random.integers(len(DIGITS), len(KINDS), size=(_TOGETHER, distractors))
    count = random.integers(LEAST_DISTRACTORS, distractors, size=(_TOGETHER, 1), endpoint=True)
    others[np.arange(distractors) >= count] = -1
    return np.concatenate([random.integers(len(DIGITS), size=(_TOGETHER, 1)), others], axis=1)


def _places(random: np.random.Generator, objects: int, most: int) -> Int64[np.ndarray, "image object 2"]:
    """Left upper corners, down and across: the digit's anywhere, each other far from those before it."""
    places = np.empty((_TOGETHER, objects, 2), dtype=np.int64)
    places[:, 0] = random.integers(0, most, size=(_TOGETHER, 2), endpoint=True)
    for slot in range(1, objects):
        tries = random.integers(0, most, size=(_TOGETHER, _TRIES, 2), endpoint=True)
        apart = np.abs(tries[:, :, None] - places[:, None, :slot]).max(-1).min(-1)
        places[:, slot] = tries[np.arange(_TOGETHER), apart.argmax(-1)]
    return places


def _colours(
    random: np.random.Generator, palette: Int64[np.ndarray, " image"], objects: int
) -> Float32[np.ndarray, "image object 3"]:
    """The colour of each object; the first distractor has the digit's."""
    inks = np.array([[_rgb(ink) for ink in inks] for _, _, inks in _PALETTES], dtype=np.float32)
    drawn = random.integers(inks.shape[1], size=(_TOGETHER, objects))
    drawn[:, 1] = drawn[:, 0]
    return inks[palette[:, None], drawn]


def _grounds(
    random: np.random.Generator, palette: Int64[np.ndarray, " image"], size: int
) -> Float32[np.ndarray, "image size size 3"]:
    """Backgrounds: soft clouds between two tones."""
    tones = np.array([[_rgb(tone) for tone in pair] for *pair, _ in _PALETTES], dtype=np.float32)[palette]
    coarse = random.random((_TOGETHER, 4, 4), dtype=np.float32)
    at = np.linspace(0, 3, size, dtype=np.float32)
    hat = np.maximum(0, 1 - np.abs(at[:, None] - np.arange(4, dtype=np.float32)))
    clouds = (hat @ coarse @ hat.T)[..., None]
    first, second = tones[:, None, None, 0], tones[:, None, None, 1]
    return first + clouds * (second - first)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
