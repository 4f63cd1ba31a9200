"""Parquet: columns of images and labels, packed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from saccade.data.image_formats.record import NAMES, Record, record_of
from saccade.errors import DataError, MissingError, did_you_mean

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
    from pyarrow import parquet

    names = image or NAMES[0], label or NAMES[1]
    try:
        with parquet.ParquetFile(path) as file:
            schema = file.schema_arrow
            for name in names:
                if name not in schema.names:
                    raise DataError(f"{path}: there is no column `{name}`. {did_you_mean(name, schema.names)}")
            classes = _classes(schema.metadata, names[1])
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=list(names)):
                for row in batch.to_pylist():
                    number += 1
                    yield record_of(row, *names, f"{path}, row {number}", path.parent, classes)
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file.") from error
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet ({error}).") from error


def _classes(metadata: dict[bytes, bytes] | None, label: str) -> list[str] | None:
    """The names of the labels, where `datasets` wrote the file and noted them."""
    notes: Any = json.loads((metadata or {}).get(_NOTES, b"{}"))
    return notes.get("info", {}).get("features", {}).get(label, {}).get("names")
