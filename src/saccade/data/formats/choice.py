"""Which format a file has, and whether its options are those of the format."""

from collections.abc import Callable, Collection, Mapping
from inspect import signature
from pathlib import Path
from typing import Any, Final

from saccade.data.lines import PACKED
from saccade.errors import OptionError, did_you_mean

COLUMNS: Final = frozenset({"source", "target", "text", "label", "column", "image", "header"})
"""The options that say what the columns of a file are; all others are of one file, or of one address."""


def format_by_suffix(path: str | Path, suffixes: Mapping[str, str], formats: Collection[str], also: str = "") -> str:
    """The format that a file's name says.

    Args:
        path: The file.
        suffixes: The format of each suffix.
        formats: All there are, for the message.
        also: What else is known by its look, for the message.

    Raises:
        OptionError: The name says none.
    """
    own = [suffix for suffix in Path(path).suffixes if suffix not in PACKED]
    if own and own[-1] in suffixes:
        return suffixes[own[-1]]
    raise OptionError(
        f"{path}: the name does not say the format (known: {also}{', '.join(suffixes)}). "
        f"Give `format`: {', '.join(sorted(formats))}."
    )


def check_places(format: str, given: Mapping[str, Any]) -> None:
    """Refuse to count columns where they have names.

    Raises:
        OptionError: A column is given by its place, but the format is not tsv.
    """
    for name, value in given.items():
        if name in COLUMNS and format != "tsv" and isinstance(value, int):
            raise OptionError(f"`{name}` is {value}, a place, but columns of {format} have names. Give its name.")


def option_names(read: Callable[..., Any]) -> list[str]:
    """The options of a format: the keyword arguments of what reads it."""
    parameters = signature(read).parameters.values()
    return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]


def columns_like(alike: Mapping[str, Any] | None, format: str, allowed: Collection[str]) -> dict[str, Any]:
    """What the options of other files say of columns, as far as a file of this format has such columns.

    Args:
        alike: The options of the others.
        format: Of this file.
        allowed: The names of its options.

    Example:
        >>> columns_like({"source": 1, "target": "en", "revision": "2f8a"}, "jsonl", ["source", "target"])
        {'target': 'en'}
    """
    by_place = format == "tsv"
    return {
        name: value
        for name, value in (alike or {}).items()
        if name in COLUMNS and name in allowed and (by_place or not isinstance(value, int))
    }


def check_format(format: str, formats: Collection[str]) -> None:
    """Refuse a format that there is not.

    Raises:
        OptionError: There is none of that name.
    """
    if format not in formats:
        raise OptionError(f"`format` is `{format}`. {did_you_mean(format, formats)}")


def check_format_options(format: str, read: Callable[..., Any], given: Collection[str]) -> None:
    """Refuse options that a format has not.

    Args:
        format: Its name.
        read: What reads it; its keyword arguments are the options.
        given: The names of those that are wished for.

    Raises:
        OptionError: One is not among them.
    """
    allowed = option_names(read)
    for name in given:
        if name not in allowed:
            known = f"Allowed: {', '.join(allowed)}." if allowed else "It has none."
            raise OptionError(f"`{name}` is not an option of the format `{format}`. {known}")
