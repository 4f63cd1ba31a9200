"""Which labels are taken for which, and how well each one is found."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from saccade.errors import DataError


class ClassScore(NamedTuple):
    """How well one class is found, in per cent; None where there is nothing to take a share of.

    `support` is how many images are of the class.
    """

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int


def confusion(
    labels: Int[np.ndarray, " image"], predicted: Int[np.ndarray, " other"], classes: int
) -> Int[np.ndarray, "true predicted"]:
    """Count how often each label was given to images of each class.

    Args:
        labels: The right ones.
        predicted: Those that the model gave, for the same images.
        classes: How many there are.

    Returns:
        A row for each right label, a column for each that was given.

    Raises:
        DataError: The two don't fit, or a label is not one of the classes.

    Example:
        >>> confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), classes=2).tolist()
        [[1, 1], [0, 1]]
    """
    if len(labels) != len(predicted):
        raise DataError(f"Each label needs an answer, but there are {len(labels):,} and {len(predicted):,} of them.")
    for given in (labels, predicted):
        if len(given) and not 0 <= given.min() <= given.max() < classes:
            wrong = int(given.min() if given.min() < 0 else given.max())
            raise DataError(f"A label must be 0 to {classes - 1}, but one is {wrong}. Give the classes of the model.")
    return np.bincount(labels * classes + predicted, minlength=classes**2).reshape(classes, classes)


def per_class(matrix: Int[np.ndarray, "label label"], names: Sequence[str]) -> list[ClassScore]:
    r"""Precision, recall and $F_1 = 2PR/(P+R)$ of each class.

    Args:
        matrix: What `confusion` gave.
        names: Of the classes.

    Example:
        >>> per_class(np.array([[1, 1], [0, 2]]), ["cat", "dog"])[0]
        ClassScore(name='cat', precision=100.0, recall=50.0, f1=66.66666666666667, support=2)
    """
    right, given, there = matrix.diagonal(), matrix.sum(axis=0), matrix.sum(axis=1)
    return [
        ClassScore(name, _share(hit, by), _share(hit, of), _share(2 * hit, by + of), of)
        for name, hit, by, of in zip(names, right.tolist(), given.tolist(), there.tolist(), strict=True)
    ]


def _share(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole else None
