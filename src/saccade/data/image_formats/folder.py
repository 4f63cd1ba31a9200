"""A folder of class folders."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from saccade.data.image_formats.record import Record
from saccade.errors import DataError, MissingError

# What systems leave behind unasked.
_LEFT_BEHIND: Final = ("thumbs.db", "desktop.ini")


def folder_images(path: Path) -> Iterator[Record]:
    """Every file of every folder in a folder; the folder's name is the class. Hidden ones don't count.

    Args:
        path: The folder.

    Raises:
        MissingError: No such folder.
        DataError: No class folders; one that is empty, or that holds folders.
    """
    if not path.exists():
        raise MissingError(f"{path}: there is no such folder.")
    classes = [entry for entry in _seen(path) if entry.is_dir()]
    if not classes:
        raise DataError(f"{path} holds no folders. It must hold one for each class, with its images in it.")
    # All are looked at before the first image is read: what is wrong is said at once.
    for folder, files in [(folder, _files(folder)) for folder in classes]:
        yield from (Record(file, folder.name, str(file)) for file in files)


def _files(folder: Path) -> list[Path]:
    entries = _seen(folder)
    if not entries:
        raise DataError(f"{folder}: the class folder is empty. Put images into it, or remove it.")
    inner = [entry.name for entry in entries if entry.is_dir()]
    if inner:
        raise DataError(
            f"{folder} must hold the images of one class, but holds the folder {inner[0]}. Give the folder right above "
            f"the class folders; is it {folder}?"
        )
    return entries


def _seen(folder: Path) -> list[Path]:
    return sorted(
        entry for entry in folder.iterdir() if not entry.name.startswith(".") and entry.name.lower() not in _LEFT_BEHIND
    )
