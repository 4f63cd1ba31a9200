"""A record with named values, as JSON lines, Parquet and hubs have them."""

import re
from typing import Any

from saccade.errors import DataError, did_you_mean

_HALF = re.compile(r"[\ud800-\udfff]")
NAMES = ("source", "target")


def text_at(record: Any, name: str, where: str) -> str:
    """The text that a record holds under a name; "translation.en" goes a level down; null is the empty text.

    Args:
        record: The record.
        name: The name, or names with dots between.
        where: The file and line, for messages.

    Raises:
        DataError: No such name, or not a text.

    Example:
        >>> text_at({"translation": {"en": "a cat"}}, "translation.en", "line 1")
        'a cat'
    """
    value = record[name] if isinstance(record, dict) and name in record else _down(record, name, where)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DataError(f"{where}: `{name}` must be a text, but is {value!r:.60}.")
    if _HALF.search(value):
        raise DataError(f"{where}: `{name}` has half a character (a lone surrogate), {value!r:.60}. Write it as UTF-8.")
    return value


def _down(record: Any, name: str, where: str) -> Any:
    for part in name.split("."):
        if not isinstance(record, dict):
            raise DataError(f"{where}: there is no `{name}`, since {record!r:.60} has no names in it.")
        if part not in record:
            raise DataError(f"{where}: there is no `{name}`. {did_you_mean(part, map(str, record))}")
        record = record[part]
    return record
