"""Reading pairs: which format, which options, what is skipped."""

import gzip
import json
import lzma
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from saccade.data.read import read_pairs
from saccade.errors import DataError, MissingError, OptionError

PAIRS = [("Two men.", "Zwei Männer."), ("我爱中国", "I love China")]
TSV = "".join(f"{source}\t{target}\n" for source, target in PAIRS).encode()
JSONL = "".join(json.dumps({"source": source, "target": target}) + "\n" for source, target in PAIRS).encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pairs.tsv", TSV),
        ("pairs.v2.tsv", TSV),
        ("pairs.txt.gz", gzip.compress(TSV, mtime=0)),
        ("pairs.tsv.xz", lzma.compress(TSV)),
        ("pairs.jsonl", JSONL),
        ("pairs.json.gz", gzip.compress(JSONL, mtime=0)),
    ],
)
def test_the_name_says_the_format(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert list(read_pairs(tmp_path / name)) == PAIRS
    assert list(read_pairs(str(tmp_path / name))) == PAIRS


def test_parquet(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"en": ["a", "b"], "de": ["c", "d"]}), tmp_path / "pairs.parquet")
    assert list(read_pairs(tmp_path / "pairs.parquet", source="en", target="de")) == [("a", "c"), ("b", "d")]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_two_files(tmp_path: Path, suffix: str) -> None:
    paths = tmp_path / f"a.en{suffix}", tmp_path / f"a.de{suffix}"
    for side, path in enumerate(paths):
        content = "".join(f"{pair[side]}\n" for pair in PAIRS).encode()
        path.write_bytes(gzip.compress(content) if suffix else content)
    assert list(read_pairs(paths)) == PAIRS


def test_the_format_may_be_said(tmp_path: Path) -> None:
    (tmp_path / "pairs").write_bytes(TSV)
    assert list(read_pairs(tmp_path / "pairs", format="tsv", header=False, target=1)) == PAIRS


@pytest.mark.parametrize("name", ["pairs.jsonl", "pairs.parquet"])
def test_columns_with_names_are_not_counted(tmp_path: Path, name: str) -> None:
    with pytest.raises(OptionError, match=r"`source` is 0, a place, but columns of (jsonl|parquet) have names"):
        read_pairs(tmp_path / name, source=0, target=1)


def test_empty_sides_are_skipped_and_counted(tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("a\tb\n\nc\t \n\td\ne\tf\n")
    pairs = read_pairs(tmp_path / "pairs.tsv")
    assert (list(pairs), pairs.skipped) == ([("a", "b"), ("e", "f")], 3)


def test_nothing_but_empty_lines(tmp_path: Path) -> None:
    (tmp_path / "pairs.tsv").write_text("\n\n\n")
    with pytest.raises(DataError, match=r"pairs.tsv: there is not one pair \(3 skipped, a side being empty\)"):
        read_pairs(tmp_path / "pairs.tsv")


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        (
            "pairs.csv",
            {},
            r"pairs.csv: the name does not say the format .* Give `format`: hub, jsonl, lines, parquet, tsv",
        ),
        ("pairs", {}, "pairs: the name does not say the format"),
        ("pairs.gz", {}, "the name does not say the format"),
        ("pairs.tsv", {"format": "tvs"}, r"`format` is `tvs`. Did you mean `tsv`\?"),
        ("pairs.tsv", {"format": "lines"}, "`format: lines` takes 2 paths, but there are 1"),
        (("a", "b"), {"format": "tsv"}, "`format: tsv` takes 1 path, but there are 2"),
        (("a", "b"), {"source": "en"}, "`source` is not an option of the format `lines`. It has none"),
        ("pairs.jsonl", {"header": True}, "`header` is not an option of the format `jsonl`. Allowed: source, target"),
        ("hub:a/b", {}, "`revision` of hub:a/b must be a commit"),
    ],
)
def test_what_cannot_be(path: str | tuple[str, str], options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        read_pairs(path, **options)


def test_a_missing_file() -> None:
    with pytest.raises(MissingError, match=r"gone.tsv: there is no such file"):
        read_pairs("gone.tsv")
