"""Images, each with the text that can be read on it."""

from collections.abc import Sequence
from typing import final

import numpy as np
from jaxtyping import Float32, UInt8

from saccade.data.images import Images
from saccade.errors import DataError

CharacterBoxes = Float32[np.ndarray, "_ 4"]
"""Where each character of a text is: left, top, right, bottom."""


@final
class TextImages(Images):
    """Images of one size, each with its text, and perhaps a box for each character of it.

    Args:
        pixels: The images, (image, height, width, channel); an array in memory, or memory-mapped.
        texts: What is written on each.
        boxes: Of each image, where each character of its text is, in pixels from the left upper corner: left, top,
            right, bottom; right and bottom are the first that don't belong to it. A blank has one too.
        names: What each is called in messages: its file; or one name that all go by, each with its number.
        skipped: How many were left out since they could not be read.

    Raises:
        DataError: No images; texts or boxes of another count; an empty text; a text with a box too many or too few; a
            box that does not lie in its image.

    Example:
        >>> boxes = np.array([[0, 0, 3, 5], [3, 0, 7, 4]], np.float32)
        >>> images = TextImages(np.zeros((1, 5, 7, 1), np.uint8), ["ab"], boxes=[boxes], names="words")
        >>> images.texts[0], images.name(0), images.boxes[0][1].tolist()
        ('ab', 'words, image 1', [3.0, 0.0, 7.0, 4.0])
    """

    def __init__(
        self,
        pixels: UInt8[np.ndarray, "image height width channel"],
        texts: Sequence[str],
        *,
        boxes: Sequence[CharacterBoxes] | None = None,
        names: Sequence[str] | str = "images",
        skipped: int = 0,
    ) -> None:
        self.texts: tuple[str, ...] = tuple(texts)
        self.boxes: tuple[CharacterBoxes, ...] | None = None if boxes is None else tuple(boxes)
        super().__init__(pixels, names, skipped)

    def first(self, count: int) -> "TextImages":
        """The first ones alone, at most so many."""
        boxes = None if self.boxes is None else self.boxes[:count]
        names = self._names if isinstance(self._names, str) else self._names[:count]
        return TextImages(self._pixels[:count], self.texts[:count], boxes=boxes, names=names)

    def _check(self) -> None:
        self._check_counts(texts=self.texts, boxes=self.boxes)
        for place, text in enumerate(self.texts):
            if not text.strip():
                raise DataError(f"{self.name(place)}: the text is empty. Write what is to be read, or leave it out.")
            if self.boxes is not None:
                check_boxes(self.boxes[place], text, self.size, self.name(place))


def check_boxes(boxes: CharacterBoxes, text: str, size: tuple[int, int], name: str) -> None:
    """Refuse boxes that are not those of a text in an image.

    Args:
        boxes: Left, top, right, bottom of each character.
        text: The text.
        size: Height and width of the image.
        name: What the image is called.

    Raises:
        DataError: A box too many or too few; one that is empty, or reaches out of the image.
    """
    if len(boxes) != len(text):
        raise DataError(
            f"{name}: the text {text!r} has {len(text)} characters, but {len(boxes)} boxes. Give each character one, "
            "blanks too."
        )
    height, width = size
    left, top, right, bottom = boxes.T
    wrong = ~((left >= 0) & (left < right) & (right <= width) & (top >= 0) & (top < bottom) & (bottom <= height))
    if wrong.any():
        place = int(wrong.argmax())
        raise DataError(
            f"{name}: the box of character {place + 1}, {text[place]!r}, is "
            f"{[round(float(edge), 2) for edge in boxes[place]]} (left, top, right, bottom), but must lie in the image "
            f"of {width} × {height} pixels. Give boxes in pixels of this very image, from its left upper corner."
        )
