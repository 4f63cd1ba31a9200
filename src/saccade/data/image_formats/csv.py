"""CSV: a path and a label a line."""

import csv
from collections.abc import Iterator
from pathlib import Path

from saccade.data.image_formats.record import NAMES, Record, record_of
from saccade.data.lines import PACKED, lines_of
from saccade.errors import DataError


def csv_images(path: Path, *, image: str | None = None, label: str | None = None) -> Iterator[Record]:
    """Images from two columns, named in the first line; commas separate, in a .tsv tabs.

    Args:
        path: The file; paths in it are from where it lies.
        image: The column of the paths, `image` if not given.
        label: The column of the labels, `label` if not given.

    Raises:
        DataError: No such column, a line of another length, a quote that is not closed, or what `lines_of` says.
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
                row = dict(zip(names, cells, strict=True))
                yield record_of(row, image or NAMES[0], label or NAMES[1], where, path.parent)
    except csv.Error as error:
        raise DataError(f"{path}, line {rows.line_num}: not CSV ({error}).") from error
