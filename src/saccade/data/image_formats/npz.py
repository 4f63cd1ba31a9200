"""NumPy's .npz: an array of images and one of labels."""

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from saccade.data.image_formats.record import Record, label_text
from saccade.errors import DataError, MissingError, did_you_mean

# (image, height, width), or with channels.
_RANKS = (3, 4)


def npz_images(path: Path, *, image: str | None = None, label: str | None = None) -> Iterator[Record]:
    """Images from two arrays; names of the labels may stand in a third one, `classes`.

    Args:
        path: The file.
        image: The array of the images, `x` if not given: (image, height, width) or (image, height, width, channel).
        label: The array of the labels, `y` if not given: numbers or texts.

    Raises:
        MissingError: No such file.
        DataError: Not .npz, no such array, one of Python objects, or one of another shape.
    """
    names = image or "x", label or "y"
    pixels, labels, *classes = npz_arrays(path, names, ("classes",))
    if pixels.ndim not in _RANKS:
        raise DataError(
            f"{path}: `{names[0]}` must have the shape (image, height, width) or (image, height, width, channel), but "
            f"has {pixels.shape}."
        )
    if labels.shape != pixels.shape[:1]:
        raise DataError(
            f"{path}: `{names[1]}` must have the shape ({len(pixels)},), since there are {len(pixels):,} images, but "
            f"has {labels.shape}."
        )
    named = [str(name) for name in classes[0]] if classes else None
    # An image that is all dark is of the same scale as the others.
    most = None if pixels.dtype == np.uint8 else _largest(pixels)
    for number, (picture, value) in enumerate(zip(pixels, labels.tolist(), strict=True), start=1):
        where = f"{path}, image {number}"
        text = label_text(value, f"{where}: `{names[1]}`", named)
        yield Record(picture if picture.ndim == _RANKS[0] else picture[..., None], text, where, most)


def _largest(pixels: np.ndarray) -> float | None:
    numbers = pixels.dtype.kind in "uif"
    return float(np.max(pixels, initial=0, where=np.isfinite(pixels))) if numbers else None


def npz_arrays(path: Path, names: Sequence[str], maybe: Sequence[str] = ()) -> list[np.ndarray]:
    """Some arrays of an .npz file, and others if they are there; nothing in it is run.

    Raises:
        MissingError: No such file.
        DataError: Not .npz, no such array, or one of Python objects.
    """
    try:
        with path.open("rb") as content:
            file = np.load(content, allow_pickle=False)
            if isinstance(file, np.ndarray):
                raise DataError(f"{path} is not .npz, but a single array. Write images and labels with numpy.savez.")
            for name in names:
                if name not in file:
                    raise DataError(f"{path}: there is no array `{name}`. {did_you_mean(name, file)}")
            return [file[name] for name in (*names, *(name for name in maybe if name in file))]
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file.") from error
    except DataError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read as .npz ({error}).") from error
