"""A line of text, skewed, somewhere on an image; where each of its characters comes to lie is known."""

import math
from random import Random
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8

from saccade.data.glyphs import Face, Line, faces, faces_for
from saccade.data.text_images import CharacterBoxes

# The most turn and slant, in degrees; the most that a line is enlarged; the room around it, in pixels.
_TURN, _SLANT, _ENLARGED, _ROOM = 5.0, 10.0, 1.35, 1.0


class DrawnText(NamedTuple):
    """A text as it lies on an image.

    Attributes:
        text: The text.
        cover: How much of each pixel it covers, up to 255.
        boxes: Where each character's ink is.
    """

    text: str
    cover: UInt8[np.ndarray, "height width"]
    boxes: CharacterBoxes


def draw_text(text: str, size: tuple[int, int], random: Random) -> DrawnText:
    """Write a text in any font that has its characters, turn it and slant it, and lay it anywhere on an image.

    Args:
        text: At least one of its characters must have ink.
        size: Height and width of the image.
        random: Source of chance.
    """
    from PIL import Image

    face: Face = faces()[random.choice(faces_for(text))]
    line = face.write(text)
    turn, slant = (math.radians(random.uniform(-most, most)) for most in (_TURN, _SLANT))
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    matrix = rotation @ np.array([[1.0, -math.tan(slant)], [0.0, 1.0]])
    corners = _corners(line) @ matrix.T
    extent = corners.max(axis=0) - corners.min(axis=0)
    room = np.array(size[::-1]) - 2 * _ROOM
    scale = min(*(room / extent).tolist(), _ENLARGED) * random.uniform(0.8, 1.0)
    matrix = matrix * scale
    free = room - extent * scale
    place = _ROOM + free * np.array([random.random(), random.random()]) - corners.min(axis=0) * scale
    inverse = np.linalg.inv(matrix)
    back = inverse @ place
    numbers = (inverse[0, 0], inverse[0, 1], -back[0], inverse[1, 0], inverse[1, 1], -back[1])
    cover = Image.fromarray(line.ink).transform(
        (size[1], size[0]), Image.Transform.AFFINE, numbers, Image.Resampling.BILINEAR
    )
    return DrawnText(text, np.asarray(cover), _boxes(line, matrix, place))


def _corners(line: Line) -> Float32[np.ndarray, "corner 2"]:
    height, width = line.ink.shape
    return np.array([(0, 0), (width, 0), (0, height), (width, height)], dtype=np.float32)


def _boxes(line: Line, matrix: np.ndarray, place: np.ndarray) -> CharacterBoxes:
    """Where the ink of each character comes to lie."""
    moved = line.outlines @ matrix.T + place
    ends = [extreme.reduceat(moved, line.starts, axis=0) for extreme in (np.minimum, np.maximum)]
    return np.concatenate(ends, axis=1).astype(np.float32)
