"""Raw texts of one kind, such as one side of pairs: lines of a file, or a column of the formats that hold pairs."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import pyarrow as pa

from saccade.data.formats.choice import check_places, columns_like, option_names
from saccade.data.formats.hub import PREFIX
from saccade.data.lines import PACKED, lines_of
from saccade.data.pairs import Texts
from saccade.data.read import FORMATS, SUFFIXES
from saccade.data.store import stored
from saccade.errors import DataError, OptionError, did_you_mean

Side = Literal["source", "target"]
LINES: Final = "lines"

_SIDES: Final = ("source", "target")
_SCHEMA = pa.schema([("text", pa.large_string())])
_TEXTS_AT_ONCE = 20_000


class RawTexts(NamedTuple):
    """Texts, left on disk.

    Attributes:
        texts: None of them empty.
        skipped: How many were left out since they were empty.
    """

    texts: Texts
    skipped: int


def read_texts(
    path: str | Path,
    *,
    side: Side = "source",
    column: str | int | None = None,
    format: str | None = None,
    header: bool | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
    alike: Mapping[str, Any] | None = None,
) -> RawTexts:
    """Read texts, line by line, onto disk; empty ones are left out and counted.

    Args:
        path: A file, packed as .gz or .xz or not, or "hub:owner/name".
        side: Of a file of pairs, which side is read where no column is named.
        column: The column that is read: its name; in tsv also its place, from 0.
        format: lines (a text a line), tsv, jsonl, parquet or hub; without it, what the path says, and lines where it
            says nothing.
        header: tsv: whether the first line names the columns; without it, found out.
        revision: hub: the commit, needed there.
        config: hub: the data set's configuration.
        split: hub: the data set's own name for the split, `train` if not given.
        alike: The options by which other files are read: what they say of columns holds here, too, as far as this file
            has such columns.

    Raises:
        OptionError: A format or an option that there isn't.
        MissingError: No such file.
        DataError: Data that cannot be read, with the file and the line; or no texts at all.
        StorageError: No room on the disk.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "mine.txt")
        ...     _ = path.write_text("a cat\\n\\na dog\\n")
        ...     found = read_texts(path)
        >>> list(found.texts), found.skipped
        (['a cat', 'a dog'], 1)
    """
    kind = format or _format_of(str(path))
    options = {"column": column, "header": header, "revision": revision, "config": config, "split": split}
    given = {name: value for name, value in options.items() if value is not None}
    _check(kind, given)
    given = columns_like(alike, kind, _allowed(kind)) | given
    found = texts_of(_read(path, kind, side, given))
    if not len(found.texts):
        raise DataError(f"{path}: there is not one text ({found.skipped:,} skipped, being empty).")
    return found


def texts_of(texts: Iterable[str]) -> RawTexts:
    """Write down texts as they come; empty ones are left out and counted."""
    facts = {"skipped": 0}
    batches, facts = stored(_batches(texts, facts), _SCHEMA, facts)
    return RawTexts(Texts(batches, "text"), facts["skipped"])


def _format_of(path: str) -> str:
    if path.startswith(PREFIX):
        return "hub"
    suffixes = [suffix for suffix in Path(path).suffixes if suffix not in PACKED]
    # Of pairs, .txt is a file of two columns; texts alone are lines there.
    return LINES if not suffixes or suffixes[-1] == ".txt" else SUFFIXES.get(suffixes[-1], LINES)


def _check(format: str, given: dict[str, Any]) -> None:
    if format not in FORMATS:
        raise OptionError(f"`format` is `{format}`. {did_you_mean(format, FORMATS)}")
    allowed = _allowed(format)
    for name in given:
        if name not in allowed:
            known = f"Allowed: {', '.join(allowed)}." if allowed else "It has none."
            raise OptionError(f"`{name}` is not an option of the format `{format}`. {known}")
    check_places(format, given)


def _allowed(format: str) -> list[str]:
    """The options of a format: one column is wanted of those that hold pairs."""
    reader = {*option_names(FORMATS[format])} - {*_SIDES}
    return [] if format == LINES else ["column", *sorted(reader)]


def _read(path: str | Path, kind: str, side: Side, given: dict[str, Any]) -> Iterator[str]:
    if kind == LINES:
        return (line for _, line in lines_of(Path(path)))
    column = given.pop("column", None)
    both = {} if column is None else dict.fromkeys(_SIDES, column)
    pairs = FORMATS[kind](path if kind == "hub" else Path(path), **both, **given)
    return (pair[_SIDES.index(side)] for pair in pairs)


def _batches(texts: Iterable[str], facts: dict[str, int]) -> Iterator[pa.RecordBatch]:
    chunk: list[str] = []
    for text in texts:
        if text.strip():
            chunk.append(text)
        else:
            facts["skipped"] += 1
        if len(chunk) == _TEXTS_AT_ONCE:
            yield pa.record_batch([pa.array(chunk, pa.large_string())], schema=_SCHEMA)
            chunk = []
    yield pa.record_batch([pa.array(chunk, pa.large_string())], schema=_SCHEMA)
