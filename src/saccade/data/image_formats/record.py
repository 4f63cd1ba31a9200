"""One image of many: where it is, what it shows, and what it is called."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from saccade.errors import DataError, did_you_mean

NAMES = ("image", "label")


class Record(NamedTuple):
    """An image that has not been read, with its label."""

    image: Path | bytes | np.ndarray
    """Its file, the content of one, or its pixels (height, width, channel)."""
    label: str
    name: str
    """What it is called in messages."""
    most: float | None = None
    """The largest value of all pixels that belong together."""


def record_of(row: Any, image: str, label: str, where: str, folder: Path, names: list[str] | None = None) -> Record:
    """A record from a row with named values.

    Args:
        row: The row.
        image: The name of the image: a path, the bytes of a file, or both as {"bytes": …, "path": …}.
        label: The name of the label: a text, or a whole number.
        where: The file and row, for messages.
        folder: From where paths are.
        names: The names of the labels, where they are numbers that stand for names.

    Raises:
        DataError: No such name, or a value of another kind.

    Example:
        >>> row = {"image": "cats/1.png", "label": 3}
        >>> record_of(row, "image", "label", "pets.csv, line 2", Path("pets")).name
        'pets.csv, line 2 (cats/1.png)'
    """
    picture = _value(row, image, where)
    if isinstance(picture, dict):
        picture = picture.get("bytes") or picture.get("path")
    text = label_text(_value(row, label, where), f"{where}: `{label}`", names)
    if isinstance(picture, bytes):
        return Record(picture, text, where)
    if isinstance(picture, str) and picture:
        return Record(folder / picture, text, f"{where} ({picture})")
    raise DataError(f"{where}: `{image}` must be a path or the bytes of a file, but is {picture!r:.60}.")


def label_text(label: Any, where: str, names: list[str] | None = None) -> str:
    """The name of a label that may be a number.

    Raises:
        DataError: Neither a text nor a whole number, empty, or a number without a name.
    """
    if isinstance(label, bool) or not isinstance(label, str | int | np.integer) or label == "":
        raise DataError(f"{where} must be a text or a whole number, but is {label!r:.60}.")
    if names is None or isinstance(label, str):
        return str(label)
    if not 0 <= label < len(names):
        raise DataError(
            f"{where} must be from 0 to {len(names) - 1}, since there are {len(names)} names, but is {label}."
        )
    return names[int(label)]


def _value(row: Any, name: str, where: str) -> Any:
    if not isinstance(row, dict):
        raise DataError(f"{where}: there is no `{name}`, since {row!r:.60} has no names in it.")
    if name not in row:
        raise DataError(f"{where}: there is no `{name}`. {did_you_mean(name, map(str, row))}")
    return row[name]
