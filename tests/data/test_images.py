"""Labelled images: what they hold together, and what they refuse."""

from typing import Any

import numpy as np
import pytest

from saccade.data.images import LabelledImages
from saccade.errors import DataError


def some_images(**changed: Any) -> LabelledImages:
    parts: dict[str, Any] = {
        "pixels": np.arange(3 * 5 * 7 * 2, dtype=np.uint8).reshape(3, 5, 7, 2),
        "labels": [1, 0, 1],
        "classes": ["cat", "dog"],
    }
    return LabelledImages(**(parts | changed))


def test_what_is_known_of_them() -> None:
    images = some_images(boxes=np.zeros((3, 4), np.float32), skipped=4)
    assert (len(images), images.size, images.channels, images.skipped) == (3, (5, 7), 2, 4)
    assert images.classes == ("cat", "dog")
    assert images.labels.dtype == np.int64
    assert some_images().boxes is None


def test_a_stack_is_a_copy_in_the_order_asked_for() -> None:
    images = some_images()
    stack = images.stack([2, 0, 2])
    np.testing.assert_array_equal(stack[1], images.image(0))
    np.testing.assert_array_equal(stack[0], stack[2])
    stack[:] = 0
    images.image(1)[:] = 0
    assert images.stack(np.array([0, 1, 2])).sum() == sum(value % 256 for value in range(210))


def test_names() -> None:
    assert some_images(names="pets train").name(2) == "pets train, image 3"
    assert some_images(names=["a.png", "b.png", "c.png"]).name(2) == "c.png"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pixels": np.zeros((0, 5, 7, 3), np.uint8), "skipped": 1_234}, r"not one image \(1,234 skipped\)"),
        ({"labels": [1, 0]}, "There are 3 images, but 2 labels"),
        ({"boxes": np.zeros((5, 4), np.float32)}, "There are 3 images, but 5 boxes"),
        ({"labels": [1, 0, 2]}, "Labels must be from 0 to 1, but go from 0 to 2"),
        ({"labels": [1, -1, 0]}, "Labels must be from 0 to 1, but go from -1 to 1"),
    ],
)
def test_what_does_not_go_together(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        some_images(**changed)
