"""Pairs from files: tab-separated, two aligned files, JSON lines, Parquet, or a data set on a hub."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from saccade.data.formats.aligned import aligned_pairs
from saccade.data.formats.choice import (
    check_format,
    check_format_options,
    check_places,
    columns_like,
    format_by_suffix,
    option_names,
)
from saccade.data.formats.hub import PREFIX, hub_pairs
from saccade.data.formats.jsonl import jsonl_pairs
from saccade.data.formats.parquet import parquet_pairs
from saccade.data.formats.tsv import tsv_pairs
from saccade.data.pairs import Pairs
from saccade.errors import DataError, OptionError

FORMATS: Final[dict[str, Callable[..., Iterator[tuple[str, str]]]]] = {
    "hub": hub_pairs,
    "jsonl": jsonl_pairs,
    "lines": aligned_pairs,
    "parquet": parquet_pairs,
    "tsv": tsv_pairs,
}
SUFFIXES: Final = {
    ".tsv": "tsv",
    ".txt": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
}


def read_pairs(
    path: str | Path | tuple[str | Path, str | Path],
    *,
    format: str | None = None,
    source: str | int | None = None,
    target: str | int | None = None,
    header: bool | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
    alike: Mapping[str, Any] | None = None,
) -> Pairs:
    """Read pairs, line by line, onto disk; those with an empty side are left out and counted.

    Args:
        path: A file; or two, of which line by line the first is the source and the second the target; or
            "hub:owner/name". Files that end in .gz or .xz are unpacked.
        format: tsv, lines (two files), jsonl, parquet or hub; without it, what the path says.
        source: The column of the sources: its name; in tsv also its place, from 0. Without it `source`, or the first.
        target: The column of the targets, likewise; without it `target`, or the second.
        header: tsv: whether the first line names the columns; without it, found out.
        revision: hub: the commit, needed there.
        config: hub: the data set's configuration.
        split: hub: the data set's own name for the split, `train` if not given.
        alike: The options by which other files are read: what they say of columns holds here, too, as far as this file
            has such columns.

    Raises:
        OptionError: A format or an option that there isn't.
        MissingError: No such file.
        DataError: Data that cannot be read, with the file and the line; or no pairs at all.
        StorageError: No room on the disk.
    """
    paths = list(path) if isinstance(path, tuple | list) else [path]
    kind = format or _format(paths)
    options = {"source": source, "target": target, "header": header}
    options |= {"revision": revision, "config": config, "split": split}
    given = {name: value for name, value in options.items() if value is not None}
    _check(kind, paths, given)
    given = columns_like(alike, kind, option_names(FORMATS[kind])) | given
    places = paths if kind == "hub" else [Path(place) for place in paths]
    pairs = Pairs.of(FORMATS[kind](*places, **given))
    if not len(pairs):
        raise DataError(
            f"{' and '.join(map(str, paths))}: there is not one pair ({pairs.skipped:,} skipped, a side being empty)."
        )
    return pairs


def _format(paths: list[str | Path]) -> str:
    if len(paths) > 1:
        return "lines"
    if str(paths[0]).startswith(PREFIX):
        return "hub"
    return format_by_suffix(paths[0], SUFFIXES, FORMATS)


def _check(format: str, paths: list[str | Path], given: dict[str, Any]) -> None:
    check_format(format, FORMATS)
    wanted = 2 if format == "lines" else 1
    if len(paths) != wanted:
        raise OptionError(f"`format: {format}` takes {wanted} path{'s' * (wanted > 1)}, but there are {len(paths)}.")
    check_format_options(format, FORMATS[format], given)
    check_places(format, given)
