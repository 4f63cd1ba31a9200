"""The block of a confusion matrix is the matrix, and its names."""

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.viewer import confusion_block


def test_counts_and_names() -> None:
    block = confusion_block(np.array([[3, 1], [0, 5]]), ["cat", "\x1b猫"], title="Which for which")
    assert block == {
        "kind": "confusion",
        "title": "Which for which",
        "names": ["cat", "·猫"],
        "counts": [[3, 1], [0, 5]],
    }


def test_each_class_needs_a_name() -> None:
    with pytest.raises(DataError, match=r"is 2 × 2 with 1 names"):
        confusion_block(np.eye(2, dtype=int), ["cat"])
