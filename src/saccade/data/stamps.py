"""Small pictures to stamp an image with: digits, letters and shapes, turned a little."""

import math
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from jaxtyping import Bool, Float32, Int64

if TYPE_CHECKING:
    from PIL.Image import Image

DIGITS: Final = tuple("0123456789")
LETTERS: Final = tuple("AEFHKMNRTVWXY")
"""Those that no digit looks like."""
SHAPES: Final = ("disc", "square", "frame", "triangle", "diamond", "star", "cross", "heart", "moon", "drop")
KINDS: Final = DIGITS + LETTERS + SHAPES
VARIANTS: Final = 16
"""In how many ways a kind is drawn: turned, sized and moved by chance."""
_MOST_TURN: Final = 18
_LEAST_SIZE: Final = 0.86
# Stamps are drawn at so many times their size, and reduced.
_FINE: Final = 8


@cache
def stamps(side: int) -> Float32[np.ndarray, "kind variant side side"]:
    """How much of each pixel a stamp covers, from 0 to 1, for every kind and variant.

    Args:
        side: Height and width in pixels; a stamp's longer side fills 86 to 100 % of it.
    """
    random = np.random.default_rng(0)
    drawn = [_drawn(kind, side * _FINE) for kind in KINDS]
    return np.stack([np.stack([_stamp(whole, side, random) for _ in range(VARIANTS)]) for whole in drawn])


def window(corners: Int64[np.ndarray, "image 2"], side: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The index of a square in each image, its left upper corner that far down and across.

    Example:
        >>> images = np.arange(2 * 9).reshape(2, 3, 3)
        >>> images[window(np.array([[0, 0], [1, 1]]), 2)].tolist()
        [[[0, 1], [3, 4]], [[13, 14], [16, 17]]]
    """
    squares = corners[:, :, None] + np.arange(side)
    return np.arange(len(corners))[:, None, None], squares[:, 0, :, None], squares[:, 1, None, :]


def ink_boxes(
    inked: Bool[np.ndarray, "image side side"], corners: Int64[np.ndarray, "image 2"]
) -> Float32[np.ndarray, "image 4"]:
    """The box of the ink in squares that lie at these corners: left, top, right, bottom.

    Example:
        >>> ink_boxes(np.array([[[False, True], [False, True]]]), np.array([[10, 20]])).tolist()
        [[21.0, 10.0, 22.0, 12.0]]
    """
    side = inked.shape[-1]
    edges = []
    for line, corner in ((np.any(inked, axis=1), corners[:, 1]), (np.any(inked, axis=2), corners[:, 0])):
        edges.append((corner + line.argmax(1), corner + side - line[:, ::-1].argmax(1)))
    (left, right), (top, bottom) = edges
    return np.stack([left, top, right, bottom], axis=1).astype(np.float32)


def _stamp(drawn: "Image", side: int, random: np.random.Generator) -> Float32[np.ndarray, "side side"]:
    from PIL import Image

    fine = side * _FINE
    turned = drawn.rotate(random.uniform(-_MOST_TURN, _MOST_TURN), Image.Resampling.BICUBIC)
    turned = turned.crop(turned.getbbox())
    scale = fine * random.uniform(_LEAST_SIZE, 1.0) / max(turned.size)
    turned = turned.resize((round(turned.width * scale), round(turned.height * scale)), Image.Resampling.LANCZOS)
    room = [fine - edge for edge in turned.size]
    left, top = random.integers(0, room, endpoint=True).tolist()
    sheet = Image.new("L", (fine, fine))
    sheet.paste(turned, (left, top))
    return np.asarray(sheet.reduce(_FINE), dtype=np.float32) / 255


def _drawn(kind: str, side: int) -> "Image":
    """White on black, with some room around."""
    from PIL import Image, ImageDraw, ImageFont

    sheet = Image.new("L", (2 * side, 2 * side))
    draw = ImageDraw.Draw(sheet)
    if kind in SHAPES:
        for outline, ink in _outlines(kind):
            draw.polygon([(side * (1 + 0.7 * x), side * (1 + 0.7 * y)) for x, y in outline], fill=ink)
    else:
        font = ImageFont.load_default(side)
        draw.text((side, side), kind, fill=255, font=font, anchor="mm", stroke_width=side / 28)
    return sheet


def _outlines(shape: str) -> list[tuple[list[tuple[float, float]], int]]:
    """Polygons around (0, 0) with their ink; a later one lies over those before."""
    ink, paper = 255, 0
    square = [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)]
    arm = [(-0.3, -1.0), (0.3, -1.0), (0.3, -0.3)]
    turns = [2 * math.pi * step / 64 for step in range(64)]
    match shape:
        case "disc":
            return [(_round(64), ink)]
        case "square":
            return [(square, ink)]
        case "frame":
            return [(square, ink), ([(0.5 * x, 0.5 * y) for x, y in square], paper)]
        case "triangle":
            return [(_round(3), ink)]
        case "diamond":
            return [([(0.0, -1.0), (0.75, 0.0), (0.0, 1.0), (-0.75, 0.0)], ink)]
        case "star":
            return [([(r * x, r * y) for (x, y), r in zip(_round(10), [1, 0.42] * 5, strict=True)], ink)]
        case "cross":
            quarters = ((1, 0), (0, 1), (-1, 0), (0, -1))
            return [([(x * c - y * s, x * s + y * c) for c, s in quarters for x, y in arm], ink)]
        case "heart":
            return [([_heart(turn) for turn in turns], ink)]
        case "moon":
            return [(_round(64), ink), ([(0.9 * x + 0.45, 0.9 * y - 0.2) for x, y in _round(64)], paper)]
        case "drop":
            return [([(0.7 * math.sin(t) * math.sin(t / 2) ** 1.5, -math.cos(t)) for t in turns], ink)]
        case _:
            raise ValueError(f"`{shape}` is not a shape. Shapes: {', '.join(SHAPES)}.")


def _round(corners: int) -> list[tuple[float, float]]:
    """A regular polygon, a corner up."""
    angles = [2 * math.pi * corner / corners for corner in range(corners)]
    return [(math.sin(angle), -math.cos(angle)) for angle in angles]


def _heart(angle: float) -> tuple[float, float]:
    across = math.sin(angle) ** 3
    up = (13 * math.cos(angle) - 5 * math.cos(2 * angle) - 2 * math.cos(3 * angle) - math.cos(4 * angle)) / 16
    return across, -up
