"""Parquet: columns, packed."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

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
    from pyarrow import parquet

    names = source or NAMES[0], target or NAMES[1]
    try:
        with parquet.ParquetFile(path) as file:
            wanted = list({_column(path, file.schema_arrow.names, name): None for name in names})
            batches = file.iter_batches(_ROWS_AT_ONCE, columns=wanted)
            records = chain.from_iterable(batch.to_pylist() for batch in batches)
            for row, record in enumerate(records, start=1):
                where = f"{path}, row {row}"
                yield text_at(record, names[0], where), text_at(record, names[1], where)
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file.") from error
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path} cannot be read as Parquet ({error}).") from error


def _column(path: Path, columns: list[str], name: str) -> str:
    for candidate in (name, name.split(".")[0]):
        if candidate in columns:
            return candidate
    raise DataError(f"{path}: there is no column `{name}`. {did_you_mean(name, columns)}")
