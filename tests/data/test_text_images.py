"""Images of texts: what they hold together, and what they refuse."""

from typing import Any

import numpy as np
import pytest

from saccade.data.text_images import TextImages
from saccade.errors import DataError


def box(*edges: float) -> np.ndarray:
    return np.array([edges], np.float32)


def some_images(**changed: Any) -> TextImages:
    parts: dict[str, Any] = {"pixels": np.zeros((2, 5, 7, 3), np.uint8), "texts": ["a", "bc"], "names": "words"}
    return TextImages(**(parts | changed))


def test_what_is_known_of_them() -> None:
    images = some_images(boxes=[box(0, 0, 7, 5), np.concatenate([box(0, 1, 3, 5), box(2.5, 0, 7, 3)])], skipped=3)
    assert (len(images), images.size, images.channels, images.skipped) == (2, (5, 7), 3, 3)
    assert images.texts == ("a", "bc")
    assert images.boxes is not None
    assert images.boxes[1].shape == (2, 4)
    assert some_images().boxes is None


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"pixels": np.zeros((0, 5, 7, 3), np.uint8)}, r"not one image"),
        ({"texts": ["a"]}, "There are 2 images, but 1 texts"),
        ({"boxes": [box(0, 0, 1, 1)]}, "There are 2 images, but 1 boxes"),
        ({"texts": ["a", " "]}, "words, image 2: the text is empty"),
        ({"boxes": [box(0, 0, 1, 1)] * 2}, "image 2: the text 'bc' has 2 characters, but 1 boxes"),
        (
            {"boxes": [box(0, 0, 7.5, 5)] * 2},
            r"image 1: the box of character 1, 'a', is \[0.0, 0.0, 7.5, 5.0\] .* must lie in the image of 7 × 5 pixels",
        ),
        ({"boxes": [box(3, 0, 3, 5)] * 2}, "image 1: the box of character 1"),
        ({"boxes": [box(-1, 0, 3, 5)] * 2}, "image 1: the box of character 1"),
        ({"boxes": [box(0, np.nan, 3, 5)] * 2}, "image 1: the box of character 1"),
    ],
)
def test_what_does_not_go_together(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        some_images(**changed)
