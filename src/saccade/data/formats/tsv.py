"""Tab-separated values: a pair a line."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from saccade.data.lines import lines_of
from saccade.errors import DataError, OptionError, did_you_mean

Column = str | int
_NAMES = ("source", "target")


def tsv_pairs(
    path: Path, *, source: Column | None = None, target: Column | None = None, header: bool | None = None
) -> Iterator[tuple[str, str]]:
    """Pairs from two columns of a file; a tab always separates, and quotes are plain text.

    Args:
        path: The file.
        source: The column of the sources: its name in the first line, or its place, from 0. Without it, the column
            named `source`, or the first.
        target: The column of the targets. Without it, the column named `target`, or the second.
        header: Whether the first line names the columns. Without it, it does where a column is given by name, or where
            it holds the names `source` and `target`.

    Raises:
        DataError: A column that is not there, or what `lines_of` says.
        OptionError: A column by name without a first line of names.
    """
    lines = lines_of(path)
    number, first = next(lines)
    names = first.split("\t")
    by_name = isinstance(source, str) or isinstance(target, str)
    if header is None:
        header = by_name or all(name in names for name in _NAMES)
    if by_name and not header:
        raise OptionError(f"{path}: the columns `{source}` and `{target}` are given by name, but `header` is false.")
    columns = [_place(path, names if header else None, column, place) for place, column in enumerate((source, target))]
    rows = lines if header else chain([(number, first)], lines)
    yield from _pairs(path, rows, columns[0], columns[1])


def _place(path: Path, names: list[str] | None, column: Column | None, place: int) -> int:
    if column is None:
        column = _NAMES[place] if names and _NAMES[place] in names else place
    if isinstance(column, int):
        if column < 0:
            raise OptionError(f"{path}: a column's place must be 0 or more, but is {column}.")
        return column
    if names is None or column not in names:
        raise DataError(f"{path}, line 1: there is no column `{column}`. {did_you_mean(column, names or ())}")
    return names.index(column)


def _pairs(path: Path, rows: Iterator[tuple[int, str]], source: int, target: int) -> Iterator[tuple[str, str]]:
    needed = max(source, target)
    for number, line in rows:
        cells = line.split("\t")
        if len(cells) > needed:
            yield cells[source], cells[target]
        elif line.strip():
            raise DataError(
                f"{path}, line {number}: column {needed + 1} is wanted, but the line has only {len(cells)}. "
                "Columns must be separated by tabs."
            )
        else:
            yield "", ""
