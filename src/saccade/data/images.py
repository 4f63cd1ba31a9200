"""Images of one size, each with the label of its class."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import final

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from saccade.errors import DataError


class Images(ABC):
    """Images of one size, whatever is known of each.

    Args:
        pixels: The images, (image, height, width, channel); an array in memory, or memory-mapped.
        names: What each is called in messages: its file; or one name that all go by, each with its number.
        skipped: How many were left out since they could not be read.

    Raises:
        DataError: No images, or what `_check` says.
    """

    def __init__(
        self, pixels: UInt8[np.ndarray, "image height width channel"], names: Sequence[str] | str, skipped: int
    ) -> None:
        self._pixels = pixels
        self._names = names
        self.skipped = skipped
        """How many images were left out since they could not be read."""
        if not len(pixels):
            raise DataError(f"There is not one image ({skipped:,} skipped).")
        self._check()

    def __len__(self) -> int:
        return len(self._pixels)

    @property
    def size(self) -> tuple[int, int]:
        """Height and width, which all images share."""
        return self._pixels.shape[1], self._pixels.shape[2]

    @property
    def channels(self) -> int:
        """1 where the images are grey, 3 where they have colours."""
        return self._pixels.shape[3]

    def image(self, index: int) -> UInt8[np.ndarray, "height width channel"]:
        """One image."""
        return np.array(self._pixels[index])

    def stack(self, indices: Sequence[int] | np.ndarray) -> UInt8[np.ndarray, "batch height width channel"]:
        """Some of the images, copied."""
        return np.asarray(self._pixels[np.asarray(indices, dtype=np.int64)])

    def name(self, index: int) -> str:
        """What an image is called in messages."""
        return f"{self._names}, image {index + 1}" if isinstance(self._names, str) else self._names[index]

    @abstractmethod
    def _check(self) -> None:
        """Refuse what does not go together."""

    def _check_counts(self, **known: Sequence[object] | np.ndarray | None) -> None:
        """Refuse what is not known of each image.

        Raises:
            DataError: There are more or fewer of it than images.
        """
        for name, values in known.items():
            if values is not None and len(values) != len(self):
                raise DataError(f"There are {len(self):,} images, but {len(values):,} {name}. Each image needs one.")


@final
class LabelledImages(Images):
    """Images of one size, each with its class.

    Args:
        pixels: The images, (image, height, width, channel); an array in memory, or memory-mapped.
        labels: The class of each, its place in `classes`.
        classes: The names of the classes.
        boxes: Where the object is in each, in pixels from the left upper corner: left, top, right, bottom; right and
            bottom are the first that don't belong to it.
        names: What each is called in messages: its file; or one name that all go by, each with its number.
        skipped: How many were left out since they could not be read.

    Raises:
        DataError: No images; labels or boxes of another count; a label that is none of the classes.

    Example:
        >>> images = LabelledImages(np.zeros((3, 5, 7, 1), np.uint8), [1, 0, 1], ["cat", "dog"], names="pets")
        >>> len(images), images.image(2).shape, images.classes[images.labels[2]], images.name(2)
        (3, (5, 7, 1), 'dog', 'pets, image 3')
    """

    def __init__(
        self,
        pixels: UInt8[np.ndarray, "image height width channel"],
        labels: Sequence[int] | np.ndarray,
        classes: Sequence[str],
        *,
        boxes: Float32[np.ndarray, "box 4"] | None = None,
        names: Sequence[str] | str = "images",
        skipped: int = 0,
    ) -> None:
        self.labels: Int64[np.ndarray, " image"] = np.asarray(labels, dtype=np.int64)
        self.classes: tuple[str, ...] = tuple(classes)
        self.boxes = boxes
        super().__init__(pixels, names, skipped)

    def some(self, places: Int64[np.ndarray, " place"]) -> "LabelledImages":
        """Those at these places alone, in their order, each with the name that it has here."""
        boxes = None if self.boxes is None else self.boxes[places]
        names = [self.name(place) for place in places.tolist()]
        return LabelledImages(self.stack(places), self.labels[places], self.classes, boxes=boxes, names=names)

    def _check(self) -> None:
        self._check_counts(labels=self.labels, boxes=self.boxes)
        least, most = int(self.labels.min()), int(self.labels.max())
        if least < 0 or most >= len(self.classes):
            raise DataError(f"Labels must be from 0 to {len(self.classes) - 1}, but go from {least} to {most}.")
