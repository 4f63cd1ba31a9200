"""Images as a user gives them, made ready for a network."""

from pathlib import Path
from typing import Any, TypeAlias, final

import numpy as np
from jaxtyping import UInt8

from saccade.data.pixel_values import as_bytes
from saccade.data.read_image import read_image
from saccade.errors import DataError, OptionError
from saccade.maps.image_look import png
from saccade.recipes.image_to_label.build import reading
from saccade.recipes.image_to_label.schema import ImageRecipe
from saccade.recipes.schema import SPLITS
from saccade.run.image_to_label.files import Labels

ImageInput: TypeAlias = str | Path | bytes | np.ndarray
"""A file, its content, or pixels of (height, width) or (height, width, channel)."""


@final
class Reader:
    """Reads an image as those of the training were.

    Args:
        recipe: Says how an image is brought to a size.
        labels: Say which size, and how many channels.
    """

    def __init__(self, recipe: ImageRecipe, labels: Labels) -> None:
        self._options: dict[str, Any] = {"size": labels.size, "channels": labels.channels, **reading(recipe)}

    def __call__(self, image: ImageInput, name: str) -> UInt8[np.ndarray, "height width channel"]:
        """Read one image.

        Args:
            image: A file, its content, or pixels.
            name: What it is called in messages.

        Raises:
            MissingError: No such file.
            DataError: It is no image, or one that can't be read.
            OptionError: It is nothing that could be an image.
        """
        if isinstance(image, np.ndarray):
            return read_image(_packed(image, name), **self._options, name=name)
        if isinstance(image, str | Path | bytes):
            return read_image(image, **self._options, name=name)
        raise OptionError(
            f"An image must be a file, its content, or an array of pixels, but is {type(image).__name__}. "
            "Give a path, bytes or a numpy array."
        )


def name_of(image: object, number: int) -> str:
    """What an image is called: its file, or its number.

    Example:
        >>> name_of("a/cat.png", 3), name_of(b"GIF", 3)
        ('a/cat.png', 'image 3')
    """
    return str(image) if isinstance(image, str | Path) else f"image {number}"


def example_of(image: object) -> tuple[str, int] | None:
    """The split and number of an image of the recipe's data; None where it is something else.

    Example:
        >>> example_of("test:17"), example_of("cat.png")
        (('test', 17), None)
    """
    split, colon, number = image.partition(":") if isinstance(image, str) else ("", "", "")
    if not colon or split not in SPLITS or not number.isdecimal() or Path(str(image)).exists():
        return None
    return split, int(number)


def _packed(pixels: np.ndarray, name: str) -> bytes:
    """Pixels as a file, so that they go the way of all files."""
    whole = as_bytes(pixels, name)
    whole = whole[:, :, None] if whole.ndim == 2 else whole
    if whole.ndim != 3 or whole.shape[2] not in (1, 3) or 0 in whole.shape:
        raise DataError(
            f"{name} has the shape {pixels.shape}, but pixels must have (height, width) or (height, width, channel) "
            "with 1 or 3 channels. Put the channels last, and give the images one by one."
        )
    return png(whole)
