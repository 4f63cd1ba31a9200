"""Images as a user gives them, made ready for a network."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, final

import numpy as np
from jaxtyping import UInt8

from saccade.data.pixel_values import as_bytes
from saccade.data.read_image import read_image
from saccade.errors import DataError, OptionError, SaccadeError
from saccade.maps.image_look import png
from saccade.recipes.image_to_label.schema import Data

ImageInput: TypeAlias = str | Path | bytes | np.ndarray
"""A file, its content, or pixels of (height, width) or (height, width, channel)."""


@final
class Reader:
    """Reads an image as those of the training were.

    Args:
        data: Of a recipe: says how an image is brought to a size.
        size: Height and width.
        channels: 1 or 3.
    """

    def __init__(self, data: Data, size: tuple[int, int], channels: int) -> None:
        self._options: dict[str, Any] = {"size": size, "channels": channels, **data.reading}

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


class ReadImage(NamedTuple):
    """An image that was read, its place among all that were given, from 1, and what it is called."""

    number: int
    name: str
    pixels: UInt8[np.ndarray, "height width channel"]


def read_ahead(images: Iterable[ImageInput], read: Reader, window: int) -> Iterator[list[ReadImage]]:
    """Read images as they come, so many at a time.

    Raises:
        MissingError, DataError: One can't be read; those before it were given.
    """
    numbered = enumerate(images, start=1)
    while chunk := list(itertools.islice(numbered, window)):
        done, fault = [], None
        for number, image in chunk:
            name = name_of(image, number)
            try:
                done.append(ReadImage(number, name, read(image, name)))
            except SaccadeError as error:
                fault = error
                break
        if done:
            yield done
        if fault is not None:
            raise fault


def check_several(images: object) -> None:
    """Refuse a single file where several images are meant.

    Raises:
        OptionError: It is one.
    """
    if isinstance(images, str | bytes | Path):
        raise OptionError(f"`images` must be several images, but is one: {str(images)[:40]}. Put it into a list.")


def name_of(image: object, number: int) -> str:
    """What an image is called: its file, or its number.

    Example:
        >>> name_of("a/cat.png", 3), name_of(b"GIF", 3)
        ('a/cat.png', 'image 3')
    """
    return str(image) if isinstance(image, str | Path) else f"image {number}"


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
