"""Texts with labels from files: CSV, TSV, JSON lines, Parquet, or a data set on a hub."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from saccade.data.classes import check_class, in_order
from saccade.data.formats.choice import (
    check_format,
    check_format_options,
    check_places,
    columns_like,
    format_by_suffix,
    option_names,
)
from saccade.data.formats.hub import PREFIX
from saccade.data.label_formats import FORMATS, Labelled
from saccade.data.labelled_texts import LabelledTexts
from saccade.data.pairs import Pairs
from saccade.errors import DataError

SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
}


def read_labelled_texts(
    path: str | Path,
    *,
    classes: Sequence[str] | None = None,
    format: str | None = None,
    text: str | int | None = None,
    label: str | int | None = None,
    header: bool | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
    alike: Mapping[str, Any] | None = None,
) -> LabelledTexts:
    """Read texts with labels, line by line, onto disk; empty texts are left out and counted.

    Args:
        path: A file, or "hub:owner/name". Files that end in .gz or .xz are unpacked.
        classes: The classes of the training, when validation or test are read: another one is refused. Without it,
            those that occur, in order.
        format: csv, tsv, jsonl, parquet or hub; without it, what the path says.
        text: The column of the texts: its name; in tsv also its place, from 0. Without it `text`; in a tsv that names
            no columns, the first.
        label: The column of the labels, likewise; without it `label`, or the second. Labels are texts or whole numbers.
        header: tsv: whether the first line names the columns; without it, found out.
        revision: hub: the commit, needed there.
        config: hub: the data set's configuration.
        split: hub: the data set's own name for the split, `train` if not given.
        alike: The options by which other files are read: what they say of columns holds here, too, as far as this file
            has such columns.

    Raises:
        OptionError: A format or an option that there isn't.
        MissingError: No such file.
        DataError: A line that is not right, with its file and number; a label that is empty, or not among `classes`; a
            class whose texts are all empty; or no texts at all.
        StorageError: No room on the disk.
    """
    options = {"text": text, "label": label, "header": header, "revision": revision, "config": config, "split": split}
    given = {name: value for name, value in options.items() if value is not None}
    kind = format or ("hub" if str(path).startswith(PREFIX) else format_by_suffix(path, SUFFIXES, FORMATS))
    check_format(kind, FORMATS)
    check_format_options(kind, FORMATS[kind], given)
    check_places(kind, given)
    given = columns_like(alike, kind, option_names(FORMATS[kind])) | given
    seen: Counter[str] = Counter()
    rows = FORMATS[kind](str(path) if kind == "hub" else Path(path), **given)
    pairs = Pairs.of(_known(rows, classes, seen))
    return _collected(str(path), pairs, classes, seen)


def _known(rows: Iterator[Labelled], classes: Sequence[str] | None, seen: Counter[str]) -> Iterator[tuple[str, str]]:
    """Texts and labels, as long as their classes are known; how often each label occurs is counted."""
    for where, text, label in rows:
        if not label.strip():
            raise DataError(f"{where}: the label is empty. Give each text the name of its class.")
        check_class(label, classes, where)
        seen[label] += 1
        yield text, label


def _collected(path: str, pairs: Pairs, classes: Sequence[str] | None, seen: Counter[str]) -> LabelledTexts:
    if not len(pairs):
        raise DataError(f"{path}: there is not one text with a label ({pairs.skipped:,} skipped, being empty).")
    places = {name: place for place, name in enumerate(classes or in_order(seen))}
    labels = [places[label] for label in pairs.target]
    kept = {*labels}
    for name, count in seen.items():
        if places[name] not in kept:
            raise DataError(f"{path}: of the class `{name}` every text is empty ({count:,}). Leave the class out.")
    return LabelledTexts(pairs.source, labels, list(places), name=path, skipped=pairs.skipped)
