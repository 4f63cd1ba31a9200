"""Stamps: every kind drawn, within its square, and where the ink is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saccade.data.stamps import KINDS, VARIANTS, ink_boxes, stamps, window


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    return stamps(12)


def test_every_kind_is_drawn_in_many_ways(drawn: np.ndarray) -> None:
    assert drawn.shape == (len(KINDS), VARIANTS, 12, 12)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert len({stamp.tobytes() for kind in drawn for stamp in kind}) == len(KINDS) * VARIANTS


def test_all_are_of_like_size(drawn: np.ndarray) -> None:
    inked = drawn.reshape(-1, 12, 12) > 0.1
    left, top, right, bottom = ink_boxes(inked, np.zeros((len(inked), 2), np.int64)).T
    longer = np.maximum(right - left, bottom - top)
    assert longer.min() >= 9
    assert longer.max() <= 12


def test_kinds_differ_more_than_variants(drawn: np.ndarray) -> None:
    """The mean of its kind is nearest to nearly every stamp, once both are centred: so they can be told apart."""
    rows, columns = np.mgrid[:12, :12]
    mass = drawn.sum((2, 3))
    down = np.rint(5.5 - (drawn * rows).sum((2, 3)) / mass).astype(int)
    across = np.rint(5.5 - (drawn * columns).sum((2, 3)) / mass).astype(int)
    shifts = zip(drawn.reshape(-1, 12, 12), down.flat, across.flat, strict=True)
    centred = np.stack([np.roll(stamp, (y, x), (0, 1)) for stamp, y, x in shifts])
    centres = centred.reshape(len(KINDS), VARIANTS, 12, 12).mean(1)
    nearest = ((centred[:, None] - centres) ** 2).sum((2, 3)).argmin(1)
    assert (nearest == np.repeat(np.arange(len(KINDS)), VARIANTS)).mean() > 0.95


@given(
    corners=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 8)), min_size=1, max_size=5), side=st.integers(1, 5)
)
def test_a_window_is_a_square_of_each_image(corners: list[tuple[int, int]], side: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, size=(len(corners), 11, 13), dtype=np.uint8)
    squares = images[window(np.array(corners), side)]
    for image, square, (top, left) in zip(images, squares, corners, strict=True):
        np.testing.assert_array_equal(square, image[top : top + side, left : left + side])


@given(box=st.tuples(*[st.integers(0, 6)] * 4), corner=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_the_box_of_the_ink(box: tuple[int, int, int, int], corner: tuple[int, int]) -> None:
    left, right = sorted((box[0], box[2]))
    top, bottom = sorted((box[1], box[3]))
    inked = np.zeros((1, 7, 7), bool)
    inked[0, top, left] = inked[0, bottom, right] = True
    found = ink_boxes(inked, np.array([corner]))[0].tolist()
    assert found == [corner[1] + left, corner[0] + top, corner[1] + right + 1, corner[0] + bottom + 1]
