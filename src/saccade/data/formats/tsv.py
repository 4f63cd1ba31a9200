"""Tab-separated values: a pair a line."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from saccade.data.formats.record import NAMES
from saccade.data.lines import lines_of
from saccade.errors import DataError, OptionError, did_you_mean

Column = str | int


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
    for _, *pair in tsv_rows(path, NAMES, (source, target), header):
        yield pair[0], pair[1]


def tsv_rows(
    path: Path, names: tuple[str, str], columns: tuple[Column | None, Column | None], header: bool | None
) -> Iterator[tuple[str, str, str]]:
    """Two cells of each line, empty ones of one that is blank, after its file and line.

    Args:
        path: The file.
        names: What the columns are called, where the first line names them and nothing else is said.
        columns: Each by its name in the first line, or its place, from 0; None: by `names`, or its place in these.
        header: Whether the first line names the columns; None: where a column is given by name, or it holds `names`.

    Raises:
        DataError: A column that is not there, or what `lines_of` says.
        OptionError: A column by name without a first line of names.
    """
    lines = lines_of(path)
    number, first = next(lines)
    head = first.split("\t")
    by_name = any(isinstance(column, str) for column in columns)
    if header is None:
        header = by_name or all(name in head for name in names)
    if by_name and not header:
        said = " and ".join(f"`{column}`" for column in columns)
        raise OptionError(f"{path}: the columns {said} are given by name, but `header` is false.")
    places = [
        _place(path, head if header else None, usual, column, place)
        for place, (usual, column) in enumerate(zip(names, columns, strict=True))
    ]
    yield from _cells(path, lines if header else chain([(number, first)], lines), places[0], places[1])


def _place(path: Path, head: list[str] | None, usual: str, column: Column | None, place: int) -> int:
    if column is None:
        column = usual if head and usual in head else place
    if isinstance(column, int):
        if column < 0:
            raise OptionError(f"{path}: a column's place must be 0 or more, but is {column}.")
        return column
    if head is None or column not in head:
        raise DataError(f"{path}, line 1: there is no column `{column}`. {did_you_mean(column, head or ())}")
    return head.index(column)


def _cells(path: Path, rows: Iterator[tuple[int, str]], first: int, second: int) -> Iterator[tuple[str, str, str]]:
    needed = max(first, second)
    for number, line in rows:
        where, cells = f"{path}, line {number}", line.split("\t")
        if len(cells) > needed:
            yield where, cells[first], cells[second]
        elif line.strip():
            raise DataError(
                f"{where}: column {needed + 1} is wanted, but the line has only {len(cells)}. "
                "Columns must be separated by tabs."
            )
        else:
            yield where, "", ""
