"""JSON lines: an object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from saccade.data.formats.record import NAMES, text_at
from saccade.data.lines import lines_of
from saccade.errors import DataError


def jsonl_pairs(path: Path, *, source: str | None = None, target: str | None = None) -> Iterator[tuple[str, str]]:
    """Pairs from two keys of each object.

    Args:
        path: The file.
        source: The key of the sources, `source` if not given; "translation.en" goes a level down.
        target: The key of the targets, `target` if not given.

    Raises:
        DataError: A line that is not JSON, or has not the key, or what `lines_of` says.
    """
    for where, record in jsonl_rows(path):
        if record is None:
            yield "", ""
        else:
            yield text_at(record, source or NAMES[0], where), text_at(record, target or NAMES[1], where)


def jsonl_rows(path: Path) -> Iterator[tuple[str, Any]]:
    """What each line holds, None of one that is blank, after its file and line.

    Raises:
        DataError: A line that is not JSON, or what `lines_of` says.
    """
    for number, line in lines_of(path):
        where = f"{path}, line {number}"
        try:
            yield where, json.loads(line) if line.strip() else None
        except (ValueError, RecursionError) as error:
            raise DataError(f"{where}: not JSON ({error}). Each line must be an object.") from error
