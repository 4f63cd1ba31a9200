"""Glyphs: what a font has is known, and a line is its characters side by side."""

from random import Random

import numpy as np
import pytest

from saccade.data.glyphs import faces, faces_for
from saccade.data.printed_texts import KINDS
from saccade.errors import DataError


def test_the_fonts_are_thirteen_and_each_draws_otherwise() -> None:
    assert len(faces()) == 13
    assert len({face.glyph("g").ink.tobytes() for face in faces()}) == 13


def test_what_a_font_has_is_known() -> None:
    assert len(faces_for("Ab-7 %")) == 13
    assert 0 < len(faces_for("Ж")) < 13
    assert faces_for("漢") == []


@pytest.mark.parametrize("kind", KINDS)
def test_nearly_every_font_has_what_is_printed(kind: str) -> None:
    random = Random(3)
    texts = "".join(KINDS[kind](random) for _ in range(300))
    # One of them has no sign for the euro.
    assert len(faces_for(texts)) >= 12


def test_a_line_is_its_characters_side_by_side() -> None:
    face = faces()[0]
    line = face.write("Hi l")
    assert line.ink.max() == 255
    assert len(line.starts) == 4
    ends = [*line.starts[1:], len(line.outlines)]
    boxes = [
        (part.min(axis=0), part.max(axis=0))
        for part in (line.outlines[start:end] for start, end in zip(line.starts, ends, strict=True))
    ]
    for (low, high), character in zip(boxes, "Hi l", strict=True):
        inside = line.ink[int(low[1]) : int(high[1]), int(low[0]) : int(high[0])]
        assert inside.any() == (character != " ")
        # Nothing else of the line stands in the columns of this character.
        assert (line.ink[:, int(low[0]) : int(high[0])].sum() == inside.sum()) or character == " "
    assert np.all(np.diff([low[0] for low, _ in boxes]) > 0)
    assert line.ink.shape == (max(high[1] for _, high in boxes), max(high[0] for _, high in boxes))


def test_a_text_without_ink_is_refused() -> None:
    with pytest.raises(DataError, match=r"The text '  ' leaves nothing to be seen"):
        faces()[0].write("  ")
