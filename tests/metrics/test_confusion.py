"""Confusion and the table of classes, by hand; a class that never occurs has no share."""

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.metrics import ClassScore, confusion, per_class

NAMES = ["cat", "dog", "eel", "fox"]
LABELS = np.array([0, 0, 0, 1, 1, 2])
PREDICTED = np.array([0, 0, 1, 1, 1, 0])


def test_rows_are_what_is_columns_what_was_said() -> None:
    assert confusion(LABELS, PREDICTED, 4).tolist() == [[2, 1, 0, 0], [0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_each_class_by_hand() -> None:
    cat, dog, eel, fox = per_class(confusion(LABELS, PREDICTED, 4), NAMES)
    third = 100 / 3
    assert cat == pytest.approx(ClassScore("cat", 2 * third, 2 * third, 2 * third, 3))
    assert dog == pytest.approx(ClassScore("dog", 2 * third, 100.0, 80.0, 2))
    assert eel == ClassScore("eel", None, 0.0, 0.0, 1)
    assert fox == ClassScore("fox", None, None, None, 0)


def test_the_sum_is_the_number_of_images() -> None:
    random = np.random.default_rng(0)
    matrix = confusion(random.integers(0, 5, 101), random.integers(0, 5, 101), 5)
    assert matrix.sum() == 101


def test_labels_beyond_the_classes() -> None:
    with pytest.raises(DataError, match="must be 0 to 1, but one is 2"):
        confusion(LABELS, PREDICTED, 2)
    with pytest.raises(DataError, match="must be 0 to 3, but one is -1"):
        confusion(LABELS, PREDICTED - 1, 4)
    with pytest.raises(DataError, match="there are 6 and 5"):
        confusion(LABELS, PREDICTED[:-1], 4)
