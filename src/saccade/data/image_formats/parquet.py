"""Parquet: columns of images and labels, packed."""

import json
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from saccade.data.formats.parquet import parquet_file, parquet_rows
from saccade.data.image_formats.record import NAMES, Record, record_of
from saccade.errors import DataError, did_you_mean

# The bytes of so many images are in memory together.
_ROWS_AT_ONCE = 200
_NOTES = b"huggingface"


def parquet_images(path: Path, *, image: str | None = None, label: str | None = None) -> Iterator[Record]:
    """Images from two columns.

    Args:
        path: The file.
        image: The column of the images, `image` if not given: the bytes of files, paths from where the Parquet file
            lies, or both, as `datasets` writes them.
        label: The column of the labels, `label` if not given. Numbers have the names that `datasets` noted.

    Raises:
        MissingError: No such file.
        DataError: Not Parquet, no such column, or one of another kind.
    """
    names = image or NAMES[0], label or NAMES[1]
    with parquet_file(path) as file:
        check_columns(path, names, file.schema_arrow.names)
        classes = class_names(file, names[1])
        for where, row in parquet_rows(path, file, names, _ROWS_AT_ONCE):
            yield record_of(row, *names, where, path.parent, classes)


def check_columns(where: str | Path, wanted: Sequence[str], columns: Collection[str]) -> None:
    """Refuse a table that lacks a column.

    Raises:
        DataError: It lacks one.
    """
    for name in wanted:
        if name not in columns:
            raise DataError(f"{where}: there is no column `{name}`. {did_you_mean(name, columns)}")


def class_names(file: Any, label: str) -> list[str] | None:
    """The names of the labels, where `datasets` wrote the file and noted them."""
    notes: Any = json.loads((file.schema_arrow.metadata or {}).get(_NOTES, b"{}"))
    return notes.get("info", {}).get("features", {}).get(label, {}).get("names")
