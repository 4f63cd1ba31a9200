"""How texts with labels are written down in files: one generator a format, of file and line, text and label."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from saccade.data.formats.csv import csv_rows
from saccade.data.formats.hub import hub_rows
from saccade.data.formats.jsonl import jsonl_rows
from saccade.data.formats.parquet import parquet_file, parquet_rows
from saccade.data.formats.record import text_at
from saccade.data.formats.tsv import tsv_rows
from saccade.data.image_formats.parquet import check_columns, class_names
from saccade.data.image_formats.record import label_text

NAMES: Final = ("text", "label")
Labelled = tuple[str, str, str]
"""File and line, text, label."""
_ROWS_AT_ONCE = 20_000


def csv_texts(path: Path, *, text: str | None = None, label: str | None = None) -> Iterator[Labelled]:
    """Texts from two columns, named in the first line."""
    for where, row in csv_rows(path):
        yield _of_record(row, text, label, where)


def jsonl_texts(path: Path, *, text: str | None = None, label: str | None = None) -> Iterator[Labelled]:
    """Texts from two keys of the object in each line."""
    for where, row in jsonl_rows(path):
        if row is not None:
            yield _of_record(row, text, label, where)


def parquet_texts(path: Path, *, text: str | None = None, label: str | None = None) -> Iterator[Labelled]:
    """Texts from two columns; labels that are numbers have the names that `datasets` noted."""
    names = text or NAMES[0], label or NAMES[1]
    with parquet_file(path) as file:
        check_columns(path, names, file.schema_arrow.names)
        classes = class_names(file, names[1])
        for where, row in parquet_rows(path, file, names, _ROWS_AT_ONCE):
            yield _of_record(row, *names, where, classes)


def hub_texts(
    address: str,
    *,
    text: str | None = None,
    label: str | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
) -> Iterator[Labelled]:
    """Texts from two columns of a data set, which is fetched once and then found on this machine."""
    names = text or NAMES[0], label or NAMES[1]
    rows = hub_rows(address, revision=revision, config=config, split=split)
    check_columns(address, names, rows.features)
    classes = getattr(rows.features[names[1]], "names", None)
    for number, row in enumerate(rows.select_columns(list(names)), start=1):
        yield _of_record(row, *names, f"{address}, row {number}", classes)


def tsv_texts(
    path: Path, *, text: str | int | None = None, label: str | int | None = None, header: bool | None = None
) -> Iterator[Labelled]:
    """Texts from two columns, by name or by place from 0; a tab always separates, and quotes are plain text."""
    for where, written, name in tsv_rows(path, NAMES, (text, label), header):
        if written or name:
            yield where, written, label_text(name, f"{where}: the label")


FORMATS: Final[dict[str, Callable[..., Iterator[Labelled]]]] = {
    "csv": csv_texts,
    "hub": hub_texts,
    "jsonl": jsonl_texts,
    "parquet": parquet_texts,
    "tsv": tsv_texts,
}


def _of_record(row: Any, text: str | None, label: str | None, where: str, classes: list[str] | None = None) -> Labelled:
    written, name = text_at(row, text or NAMES[0], where), label or NAMES[1]
    # A label that is missing is told like any other name that is missing.
    given = row[name] if name in row else text_at(row, name, where)
    return where, written, label_text(given, f"{where}: `{name}`", classes)
