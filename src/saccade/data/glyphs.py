"""Characters as small pictures: of the fonts that come with matplotlib and Pillow, so they are there everywhere."""

import io
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, final

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from saccade.errors import DataError

_OF_MATPLOTLIB: Final = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSansMono-Bold",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
    "STIXGeneral",
    "STIXGeneralBol",
    "STIXGeneralItalic",
    "STIXGeneralBolIta",
)
"""Its fonts of Computer Modern are left out: what they say of which characters they have is not so."""
EM: Final = 24
"""Height of a line of text as it is drawn, in pixels; a little more than that of a capital with its accent."""


class Glyph(NamedTuple):
    """A drawn character, from the point where the pen is set down on the line.

    Attributes:
        ink: How dark each pixel is; of a blank nothing.
        left: Where the ink begins, in pixels to the right.
        top: Where the ink begins, in pixels down: below 0, since it stands on the line.
        advance: How far the pen goes on to the next character.
        outline: Corners of the pixels with ink, across and down; of a blank, those of its room.
    """

    ink: UInt8[np.ndarray, "height width"]
    left: int
    top: int
    advance: float
    outline: Float32[np.ndarray, "corner 2"]


class Line(NamedTuple):
    """A line of text.

    Attributes:
        ink: How dark each pixel is.
        outlines: Corners of the pixels with ink, across and down from the left upper corner, character by character.
        starts: Where in these each character begins.
    """

    ink: UInt8[np.ndarray, "height width"]
    outlines: Float32[np.ndarray, "corner 2"]
    starts: Int64[np.ndarray, " character"]


@final
class Face:
    """One font, which draws each character once.

    Args:
        content: Of the font's file.
    """

    def __init__(self, content: bytes) -> None:
        from matplotlib.ft2font import FT2Font
        from PIL import ImageFont

        self._font = ImageFont.truetype(io.BytesIO(content), EM, layout_engine=ImageFont.Layout.BASIC)
        self.characters = frozenset(map(chr, FT2Font(io.BytesIO(content)).get_charmap()))
        """What it can draw."""
        self._glyphs: dict[str, Glyph] = {}

    def glyph(self, character: str) -> Glyph:
        """A character, drawn."""
        if character not in self._glyphs:
            self._glyphs[character] = self._drawn(character)
        return self._glyphs[character]

    def write(self, text: str) -> Line:
        """Write a text, from left to right, without kerning.

        Raises:
            DataError: There is nothing to be seen.
        """
        glyphs = [self.glyph(character) for character in text]
        pens = np.rint(np.cumsum([0.0, *(glyph.advance for glyph in glyphs[:-1])])).astype(int).tolist()
        inked = [(glyph, pen) for glyph, pen in zip(glyphs, pens, strict=True) if glyph.ink.size]
        if not inked:
            raise DataError(f"The text {text!r} leaves nothing to be seen. Give one with a character that has ink.")
        left = min(pen + glyph.left for glyph, pen in inked)
        top = min(glyph.top for glyph, _ in inked)
        right = max(pen + glyph.left + glyph.ink.shape[1] for glyph, pen in inked)
        bottom = max(glyph.top + glyph.ink.shape[0] for glyph, _ in inked)
        sheet = np.zeros((bottom - top, right - left), dtype=np.uint8)
        for glyph, pen in inked:
            height, width = glyph.ink.shape
            across, down = pen + glyph.left - left, glyph.top - top
            under = sheet[down : down + height, across : across + width]
            np.maximum(under, glyph.ink, out=under)
        counts = [len(glyph.outline) for glyph in glyphs]
        outlines = np.concatenate([glyph.outline for glyph in glyphs])
        outlines[:, 0] += np.repeat(pens, counts) - left
        outlines[:, 1] -= top
        # A blank's room may reach beyond the ink beside it.
        most = np.array(sheet.shape[::-1], dtype=np.float32)
        outlines = np.minimum(np.maximum(outlines, 0), most)
        return Line(sheet, outlines, np.cumsum([0, *counts[:-1]]))

    def _drawn(self, character: str) -> Glyph:
        from PIL import Image, ImageDraw

        sheet = Image.new("L", (4 * EM, 4 * EM))
        ImageDraw.Draw(sheet).text((EM, 2 * EM), character, fill=255, font=self._font, anchor="ls")
        pixels, advance = np.asarray(sheet), float(self._font.getlength(character))
        rows, columns = (np.flatnonzero(np.any(pixels, axis=axis)) for axis in (1, 0))
        if not len(rows):
            room = [(across, down) for across in (0.0, advance) for down in (-EM / 2, 0.0)]
            return Glyph(np.zeros((0, 0), np.uint8), 0, 0, advance, np.array(room, dtype=np.float32))
        ink = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        left, top = int(columns[0]) - EM, int(rows[0]) - 2 * EM
        return Glyph(ink, left, top, advance, _outline(ink) + np.array([left, top], dtype=np.float32))


@cache
def faces() -> tuple[Face, ...]:
    """All fonts, always in the same order."""
    import matplotlib
    from PIL import ImageFont

    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    own = ImageFont.load_default(EM)
    assert isinstance(own, ImageFont.FreeTypeFont)
    assert isinstance(own.path, io.BytesIO)
    return (*(Face((folder / f"{name}.ttf").read_bytes()) for name in _OF_MATPLOTLIB), Face(own.path.getvalue()))


def faces_for(text: str) -> list[int]:
    """The numbers of the fonts that have every character of a text."""
    return [number for number, able in enumerate(zip(*map(_able, text), strict=True)) if all(able)]


@cache
def _able(character: str) -> tuple[bool, ...]:
    return tuple(character in face.characters for face in faces())


def _outline(ink: UInt8[np.ndarray, "height width"]) -> Float32[np.ndarray, "corner 2"]:
    """The outermost corners of each row of pixels: between them lies all the ink, however it is turned."""
    inked = ink > 0
    rows = np.flatnonzero(np.any(inked, axis=1))
    starts = inked[rows].argmax(axis=1)
    ends = ink.shape[1] - inked[rows, ::-1].argmax(axis=1)
    corners = [
        (x, y)
        for xs, ys in ((starts, rows), (ends, rows), (starts, rows + 1), (ends, rows + 1))
        for x, y in zip(xs.tolist(), ys.tolist(), strict=True)
    ]
    return np.array(corners, dtype=np.float32)
