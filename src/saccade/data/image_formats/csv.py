"""CSV: a path and a label a line."""

from collections.abc import Iterator
from pathlib import Path

from saccade.data.formats.csv import csv_rows
from saccade.data.image_formats.record import NAMES, Record, record_of


def csv_images(path: Path, *, image: str | None = None, label: str | None = None) -> Iterator[Record]:
    """Images from two columns, named in the first line; commas separate, in a .tsv tabs.

    Args:
        path: The file; paths in it are from where it lies.
        image: The column of the paths, `image` if not given.
        label: The column of the labels, `label` if not given.

    Raises:
        DataError: No such column, a line of another length, a quote that is not closed, or what `lines_of` says.
    """
    for where, row in csv_rows(path):
        yield record_of(row, image or NAMES[0], label or NAMES[1], where, path.parent)
