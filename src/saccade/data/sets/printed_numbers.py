"""Printed numbers, dates and words in clutter, skewed and coloured: to be read character by character."""

import math
from collections.abc import Sequence
from random import Random
from typing import Final

import numpy as np
from jaxtyping import Float32, UInt8

from saccade.data.drawn_text import DrawnText, draw_text
from saccade.data.glyphs import faces_for
from saccade.data.pixel_store import PixelStore
from saccade.data.printed_texts import KINDS
from saccade.data.sets.home import SPLITS, check_least, check_split
from saccade.data.text_images import TextImages
from saccade.errors import OptionError, did_you_mean

LEAST_HEIGHT: Final = 16
LEAST_WIDTH: Final = 64
# So many pixels of the width are there for each character: less could not be read.
_PIXELS_A_CHARACTER: Final = 8
# Images that are drawn together, few enough to stay in the cache; they are drawn whole, so that asking for more changes
# none.
_TOGETHER: Final = 10
# How far ink and paper must be apart in brightness, of 255.
_CONTRAST: Final = 90
# Clutter, how thickly it is laid at the most, so that what is written above it stays to be read, and the noise.
_LINES, _BLOBS, _THIN, _NOISE = 3, 3, 0.4, 10.0
_BRIGHTNESS: Final = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def printed_numbers(
    split: str,
    *,
    images: int = 10_000,
    seed: int = 0,
    height: int = 32,
    width: int = 128,
    kinds: Sequence[str] = ("numbers", "dates", "words"),
    words: Sequence[str] | None = None,
) -> TextImages:
    """Numbers, dates and words in thirteen fonts, turned, slanted, in colours and clutter; each character has its box.

    Ink and paper differ in brightness by a third at the least, either being the darker. Behind the text are clouds,
    lines and blobs; above all there is noise. Images are drawn from another source of chance in each split. As many as
    wanted; the first ones are always the same.

    Args:
        split: train, validation or test.
        images: How many.
        seed: Another seed, other images.
        height: In pixels.
        width: In pixels; a text has a character for each eight of them at the most.
        kinds: What is printed, each as often: some of `numbers`, `dates`, `words`.
        words: Words of your own, printed as they are instead of ours.

    Raises:
        OptionError: An option that is not allowed, or a word with a character that no font here has.

    Example:
        >>> found = printed_numbers("test", images=3, seed=1)
        >>> found.image(0).shape, found.texts, len(found.boxes[0])
        ((32, 128, 3), ('wer', 'TRAG', 'SALE'), 3)
    """
    check_split(split)
    check_least(images=(images, 1), seed=(seed, 0), height=(height, LEAST_HEIGHT), width=(width, LEAST_WIDTH))
    _check_texts(width, kinds, words)
    texts, boxes = [], []
    with PixelStore((height, width, 3)) as store:
        for number in range(math.ceil(images / _TOGETHER)):
            random = np.random.default_rng([seed, SPLITS.index(split), number])
            drawn = _chunk(random, (height, width), kinds, words)
            for one, pixels in list(zip(drawn, _coloured(random, drawn), strict=True))[: images - len(texts)]:
                store.add(pixels)
                texts.append(one.text)
                boxes.append(one.boxes)
        return TextImages(store.pixels(), texts, boxes=boxes, names=f"printed-numbers {split}")


def _check_texts(width: int, kinds: Sequence[str], words: Sequence[str] | None) -> None:
    if not kinds:
        raise OptionError(f"`kinds` is empty: nothing would be printed. Allowed: {', '.join(sorted(KINDS))}.")
    for kind in kinds:
        if kind not in KINDS:
            raise OptionError(f"`kinds` has `{kind}`. {did_you_mean(kind, KINDS)}")
    if words is None:
        return
    if "words" not in kinds or not words:
        what = "is empty" if not words else f"is given, but `kinds` has {', '.join(kinds)} only"
        raise OptionError(f"`words` {what}. Leave `words` out, or give some and let `words` be among `kinds`.")
    for word in words:
        _check_word(word, width)


def _check_word(word: str, width: int) -> None:
    if not word.strip() or len(word) > width // _PIXELS_A_CHARACTER:
        raise OptionError(
            f"`words` has {word!r}, but a word must have 1 to {width // _PIXELS_A_CHARACTER} characters to be read on "
            f"an image {width} pixels wide. Leave it out, or set a larger `width`."
        )
    lacking = [character for character in word if not faces_for(character)]
    if lacking or not faces_for(word):
        raise OptionError(
            f"`words` has {word!r}, and no font here has {lacking[0]!r}. Leave it out: only what the fonts of "
            "matplotlib and Pillow have can be printed."
            if lacking
            else f"`words` has {word!r}, and no font here has all of its characters. Leave it out, or cut it in two."
        )


def _chunk(
    random: np.random.Generator, size: tuple[int, int], kinds: Sequence[str], words: Sequence[str] | None
) -> list[DrawnText]:
    """Some texts, drawn."""
    texts = Random(int(random.integers(2**62)))
    return [
        draw_text(_text(texts, size[1] // _PIXELS_A_CHARACTER, kinds, words), size, texts) for _ in range(_TOGETHER)
    ]


def _text(random: Random, longest: int, kinds: Sequence[str], words: Sequence[str] | None) -> str:
    kind = random.choice(kinds)
    if kind == "words" and words is not None:
        return random.choice(words)
    while True:
        text = KINDS[kind](random)
        if len(text) <= longest:
            return text


def _coloured(random: np.random.Generator, drawn: Sequence[DrawnText]) -> UInt8[np.ndarray, "image height width 3"]:
    """Give texts their ink, paper and clutter."""
    cover = np.stack([one.cover for one in drawn]).astype(np.float32) / 255
    paper, ink = _colours(random, len(drawn))
    # Channels first, as long as colours are mixed: so the innermost loop is a long one.
    pixels = np.broadcast_to(paper[..., None, None], (len(drawn), 3, *cover.shape[1:])).copy()
    for shape in (_line_cover,) * _LINES + (_blob_cover,) * _BLOBS:
        thin = random.uniform(0, _THIN, (len(drawn), 1, 1)).astype(np.float32)
        colour = random.uniform(0, 255, (len(drawn), 3)).astype(np.float32)
        _lay(pixels, shape(random, *cover.shape) * thin, colour)
    _lay(pixels, cover, ink)
    noise = random.standard_normal(pixels.shape, dtype=np.float32)
    pixels += noise * random.uniform(0, _NOISE, (len(drawn), 1, 1, 1)).astype(np.float32)
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8).transpose(0, 2, 3, 1)


def _colours(random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Paper and ink of each image, (image, channel) both: any colours that are far apart in brightness."""
    # Some are drawn in vain: of pairs of colours, more than one in four is far enough apart.
    pairs = random.uniform(0, 255, (count * 16, 2, 3)).astype(np.float32)
    bright = pairs @ _BRIGHTNESS
    far = (np.abs(bright[:, 0] - bright[:, 1]) > _CONTRAST).reshape(count, 16)
    # Where none of sixteen is, black on white: once in many thousands.
    chosen = pairs.reshape(count, 16, 2, 3)[np.arange(count), far.argmax(axis=1)]
    chosen[~far.any(axis=1)] = np.array([255.0, 0.0], dtype=np.float32)[:, None]
    return chosen[:, 0], chosen[:, 1]


def _lay(pixels: np.ndarray, cover: np.ndarray, colours: np.ndarray) -> None:
    """Lay a colour on each image, where and as thickly as the cover says."""
    change = colours[..., None, None] - pixels
    change *= cover[:, None]
    pixels += change


def _line_cover(random: np.random.Generator, count: int, height: int, width: int) -> Float32[np.ndarray, "image h w"]:
    """A straight line from edge to edge of each image, one to four pixels wide."""
    angle = random.uniform(0, math.pi, (count, 1, 1)).astype(np.float32)
    across, down = _grid(random, count, height, width)
    distance = np.abs(across * np.sin(angle) - down * np.cos(angle))
    return np.clip(random.uniform(0.5, 2, (count, 1, 1)).astype(np.float32) + 0.5 - distance, 0, 1)


def _blob_cover(random: np.random.Generator, count: int, height: int, width: int) -> Float32[np.ndarray, "image h w"]:
    """A soft ellipse on each image."""
    across, down = _grid(random, count, height, width)
    radii = random.uniform(0.1, 0.8, (2, count, 1, 1)).astype(np.float32) * height
    return np.clip(1.5 - (across / radii[0]) ** 2 - (down / radii[1]) ** 2, 0, 1)


def _grid(random: np.random.Generator, count: int, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """How far each pixel is from a point of the image, across and down."""
    points = random.uniform(0, 1, (2, count, 1, 1)).astype(np.float32)
    across = np.arange(width, dtype=np.float32) - points[0] * width
    down = np.arange(height, dtype=np.float32)[:, None] - points[1] * height
    return across, down
