"""A confusion matrix is drawn row by row, whatever its classes are called."""

from pathlib import Path

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.viewer import confusion_figure, draw_confusion

MATRIX = np.array([[3, 1, 0], [0, 0, 0], [0, 0, 5]])
NAMES = ["cat", "$x$ 猫 \ud800 </b>", "dog"]


def test_each_row_is_shaded_by_its_own_share() -> None:
    axes = confusion_figure(MATRIX, NAMES, "Title")[0].axes[0]
    shares = np.array(axes.collections[0].get_array()).reshape(3, 3)
    np.testing.assert_allclose(shares, [[0.75, 0.25, 0], [0, 0, 0], [0, 0, 1]])
    assert sorted(text.get_text() for text in axes.texts) == ["1", "3", "5"]
    assert [label.get_text() for label in axes.get_yticklabels()][::2] == ["cat", "dog"]
    assert axes.get_title() == "Title"


def test_many_classes_have_no_figures() -> None:
    names = [f"class {number}" for number in range(101)]
    axes = confusion_figure(np.eye(101, dtype=int), names)[0].axes[0]
    assert not axes.texts
    assert len(axes.get_xticklabels()) == 101


def test_it_is_a_png(tmp_path: Path) -> None:
    draw_confusion(MATRIX, NAMES, tmp_path / "confusion.png")
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("names", [[], ["cat", "dog"]])
def test_each_class_needs_a_name(names: list[str]) -> None:
    with pytest.raises(DataError, match="is 3 × 3 with"):
        confusion_figure(MATRIX, names)
