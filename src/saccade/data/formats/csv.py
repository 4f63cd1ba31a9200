"""CSV: named values a line."""

import csv
from collections.abc import Iterator
from pathlib import Path

from saccade.data.lines import PACKED, lines_of
from saccade.errors import DataError


def csv_rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row, its values by the names in the first line, after its file and line; in a .tsv tabs separate.

    Raises:
        DataError: A line of another length, a quote that is not closed, or what `lines_of` says.
    """
    suffixes = [suffix for suffix in path.suffixes if suffix not in PACKED]
    rows = csv.reader(
        (f"{line}\n" for _, line in lines_of(path)), strict=True, delimiter="\t" if ".tsv" in suffixes else ","
    )
    names: list[str] = []
    try:
        for cells in rows:
            where = f"{path}, line {rows.line_num}"
            if not names:
                names = cells
            elif cells and len(cells) != len(names):
                raise DataError(f"{where}: there are {len(names)} columns, but the line has {len(cells)}.")
            elif cells:
                yield where, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        raise DataError(f"{path}, line {rows.line_num}: not CSV ({error}).") from error
