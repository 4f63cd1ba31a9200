"""JSON lines: an object with a path and a label a line."""

import json
from collections.abc import Iterator
from pathlib import Path

from saccade.data.image_formats.record import NAMES, Record, record_of
from saccade.data.lines import lines_of
from saccade.errors import DataError


def jsonl_images(path: Path, *, image: str | None = None, label: str | None = None) -> Iterator[Record]:
    """Images from two keys of each object.

    Args:
        path: The file; paths in it are from where it lies.
        image: The key of the paths, `image` if not given.
        label: The key of the labels, `label` if not given.

    Raises:
        DataError: A line that is not JSON, or has not the key, or what `lines_of` says.
    """
    for number, line in lines_of(path):
        where = f"{path}, line {number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where}: not JSON ({error}). Each line must be an object.") from error
        yield record_of(row, image or NAMES[0], label or NAMES[1], where, path.parent)
