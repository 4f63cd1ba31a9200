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
    pixels, labels = npz_arrays(path, names)
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
    classes = _classes(path)
    for number, (picture, value) in enumerate(zip(pixels, labels.tolist(), strict=True), start=1):
        where = f"{path}, image {number}"
        text = label_text(value, f"{where}: `{names[1]}`", classes)
        yield Record(picture if picture.ndim == _RANKS[0] else picture[..., None], text, where)


def npz_arrays(path: Path, names: Sequence[str]) -> list[np.ndarray]:
    """Some arrays of an .npz file; nothing in it is run.

    Raises:
        MissingError: No such file.
        DataError: Not .npz, no such array, or one of Python objects.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise DataError(f"{path} is not .npz, but a single array. Write both with numpy.savez.")
            for name in names:
                if name not in file:
                    raise DataError(f"{path}: there is no array `{name}`. {did_you_mean(name, file)}")
            return [file[name] for name in names]
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file.") from error
    except DataError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path} cannot be read as .npz ({error}).") from error


def _classes(path: Path) -> list[str] | None:
    with np.load(path, allow_pickle=False) as file:
        return [str(name) for name in file["classes"]] if "classes" in file else None
