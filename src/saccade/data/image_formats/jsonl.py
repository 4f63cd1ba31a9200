"""JSON lines: an object with a path and a label a line."""

from collections.abc import Iterator
from pathlib import Path

from saccade.data.formats.jsonl import jsonl_rows
from saccade.data.image_formats.record import NAMES, Record, record_of


def jsonl_images(path: Path, *, image: str | None = None, label: str | None = None) -> Iterator[Record]:
    """Images from two keys of each object.

    Args:
        path: The file; paths in it are from where it lies.
        image: The key of the paths, `image` if not given.
        label: The key of the labels, `label` if not given.

    Raises:
        DataError: A line that is not JSON, or has not the key, or what `lines_of` says.
    """
    for where, row in jsonl_rows(path):
        if row is not None:
            yield record_of(row, image or NAMES[0], label or NAMES[1], where, path.parent)
