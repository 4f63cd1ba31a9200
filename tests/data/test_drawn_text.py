"""Drawn texts: the whole line lies in the image, and each box holds its character."""

from random import Random

import numpy as np
import pytest

from saccade.data.drawn_text import draw_text


@pytest.mark.parametrize("text", ["g", "1,234", "W i", "December 25"])
@pytest.mark.parametrize("size", [(32, 128), (23, 67)])
def test_all_ink_lies_in_boxes_and_none_is_empty(text: str, size: tuple[int, int]) -> None:
    random = Random(3)
    for _ in range(7):
        drawn = draw_text(text, size, random)
        assert drawn.cover.shape == size
        inside = np.zeros(size, bool)
        for character, (left, top, right, bottom) in zip(text, drawn.boxes, strict=True):
            rows, columns = slice(int(top), int(np.ceil(bottom))), slice(int(left), int(np.ceil(right)))
            assert drawn.cover[rows, columns].max() > 60 or character == " "
            inside[rows, columns] = True
        # Between pixels, a little ink spreads to the neighbour.
        assert drawn.cover[~inside].max(initial=0) < 128
        assert drawn.cover[~inside].sum() < 0.02 * drawn.cover.sum()
        assert drawn.boxes.min() >= 0.99
        assert (drawn.boxes[:, 2:].max(axis=0) <= np.array(size[::-1]) - 0.99).all()


def test_no_two_are_alike() -> None:
    random = Random(3)
    assert len({draw_text("abc", (32, 128), random).cover.tobytes() for _ in range(11)}) == 11
