"""Parquet: columns, packed."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from saccade.data.formats.record import NAMES, text_at
from saccade.errors import DataError, MissingError, did_you_mean

_ROWS_AT_ONCE = 20_000


def parquet_pairs(path: Path, *, source: str | None = None, target: str | None = None) -> Iterator[tuple[str, str]]:
    """Pairs from two columns.

    Args:
        path: The file.
        source: The column of the sources, `source` if not given; "translation.en" goes a level down.
        target: The column of the targets, `target` if not given.

    Raises:
        MissingError: No such file.
        DataError: Not Parquet, no such column, or a column that is not text.
    """
    names = source or NAMES[0], target or NAMES[1]
    with parquet_file(path) as file:
        wanted = list({_column(path, file.schema_arrow.names, name): None for name in names})
        for where, record in parquet_rows(path, file, wanted, _ROWS_AT_ONCE):
            yield text_at(record, names[0], where), text_at(record, names[1], where)


@contextlib.contextmanager
def parquet_file(path: Path) -> Iterator[Any]:
    """A file that is open as long as it is read.

    Raises:
        MissingError: No such file.
        DataError: It is not Parquet, or damaged.
    """
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            yield file
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file.") from error
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet ({error}).") from error


def parquet_rows(path: Path, file: Any, columns: Sequence[str], at_once: int) -> Iterator[tuple[str, Any]]:
    """The wanted columns of each row, after its file and number; never more than `at_once` are in memory."""
    number = 0
    for batch in file.iter_batches(at_once, columns=list(columns)):
        for row in batch.to_pylist():
            number += 1
            yield f"{path}, row {number}", row


def _column(path: Path, columns: list[str], name: str) -> str:
    for candidate in (name, name.split(".")[0]):
        if candidate in columns:
            return candidate
    raise DataError(f"{path}: there is no column `{name}`. {did_you_mean(name, columns)}")
