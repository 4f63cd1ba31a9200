"""Raw texts from every format, of either side; what is wrong is said by file and line."""

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from saccade.data.read_texts import read_texts
from saccade.errors import DataError, MissingError, OptionError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same three texts and an empty one in each format."""
    rows = [("a cat", "eine Katze"), ("", "nichts"), ("a dog", ""), ("the mat", "die Matte")]
    for name in ("mono.txt", "mono.en", "mono"):
        (tmp_path / name).write_text("".join(f"{source}\n" for source, _ in rows), encoding="utf-8")
    (tmp_path / "mono.de.gz").write_bytes(gzip.compress("".join(f"{target}\n" for _, target in rows).encode()))
    (tmp_path / "pairs.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in rows), encoding="utf-8")
    lines = [json.dumps({"source": a, "target": b, "inner": {"text": a.upper()}}) for a, b in rows]
    (tmp_path / "pairs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    table = pa.table({"source": [a for a, _ in rows], "target": [b for _, b in rows]})
    parquet.write_table(table, tmp_path / "pairs.parquet")
    return tmp_path


ENGLISH, GERMAN = ["a cat", "a dog", "the mat"], ["eine Katze", "nichts", "die Matte"]


@pytest.mark.parametrize(
    ("name", "options", "texts"),
    [
        ("mono.txt", {}, ENGLISH),
        ("mono.en", {}, ENGLISH),
        ("mono", {}, ENGLISH),
        ("mono.de.gz", {}, GERMAN),
        ("pairs.tsv", {}, ENGLISH),
        ("pairs.tsv", {"side": "target"}, GERMAN),
        ("pairs.tsv", {"column": 1}, GERMAN),
        ("pairs.tsv", {"format": "lines"}, ["a cat\teine Katze", "\tnichts", "a dog\t", "the mat\tdie Matte"]),
        ("pairs.jsonl", {"side": "target"}, GERMAN),
        ("pairs.jsonl", {"column": "inner.text", "side": "target"}, ["A CAT", "A DOG", "THE MAT"]),
        ("pairs.parquet", {}, ENGLISH),
        ("pairs.parquet", {"column": "target"}, GERMAN),
    ],
)
def test_one_side_is_read_whatever_stands_on_the_other(
    folder: Path, name: str, options: dict[str, object], texts: list[str]
) -> None:
    found = read_texts(folder / name, **options)  # pyright: ignore[reportArgumentType]
    assert list(found.texts) == texts
    assert found.skipped == 4 - len(texts)


def test_many_texts_are_written_in_chunks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saccade.data.read_texts._TEXTS_AT_ONCE", 2)
    found = read_texts(folder / "mono.txt")
    assert (list(found.texts), found.texts[2], len(found.texts)) == (ENGLISH, "the mat", 3)


@pytest.mark.parametrize(
    ("name", "options", "kind", "message"),
    [
        ("no.txt", {}, MissingError, r"no.txt: there is no such file"),
        ("mono.txt", {"format": "lins"}, OptionError, r"`format` is `lins`. Did you mean `lines`"),
        ("mono.txt", {"column": "x"}, OptionError, r"`column` is not an option of the format `lines`. It has none"),
        ("pairs.tsv", {"revision": "x"}, OptionError, r"`revision` is not .* `tsv`. Allowed: column, header"),
        ("pairs.jsonl", {"column": 0}, OptionError, r"`column` is 0, a place, but columns of jsonl have names"),
        ("pairs.jsonl", {"column": "txt"}, DataError, r"pairs.jsonl, line 1: there is no `txt`"),
        ("pairs.tsv", {"column": 2}, DataError, r"pairs.tsv, line 1: column 3 is wanted, but the line has only 2"),
        ("pairs.parquet", {"column": "sourc"}, DataError, r"there is no column `sourc`. Did you mean `source`"),
    ],
)
def test_what_can_not_be_read_is_refused(
    folder: Path, name: str, options: dict[str, object], kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        read_texts(folder / name, **options)  # pyright: ignore[reportArgumentType]


def test_a_file_of_empty_lines_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n \n\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"empty.txt: there is not one text \(3 skipped, being empty\)"):
        read_texts(tmp_path / "empty.txt")
