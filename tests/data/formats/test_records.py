"""Records: JSON lines, Parquet, and a data set of a hub (without the network)."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from saccade.data.formats.hub import hub_pairs
from saccade.data.formats.jsonl import jsonl_pairs
from saccade.data.formats.parquet import parquet_pairs
from saccade.data.formats.record import text_at
from saccade.errors import DataError, MissingError, OptionError

NESTED = [{"id": 1, "translation": {"en": "a", "de": "b"}}, {"id": 2, "translation": {"en": "c", "de": None}}]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def json_lines(folder: Path, *lines: object) -> Path:
    path = folder / "pairs.jsonl"
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def parquet_file(folder: Path, records: list[dict[str, Any]]) -> Path:
    path = folder / "pairs.parquet"
    parquet.write_table(pa.Table.from_pylist(records), path)
    return path


def test_json_lines(tmp_path: Path) -> None:
    path = json_lines(tmp_path, {"source": "a", "target": "我"}, "", {"target": "d", "x": 1, "source": "c"})
    assert list(jsonl_pairs(path)) == [("a", "我"), ("", ""), ("c", "d")]


def test_keys_a_level_down(tmp_path: Path) -> None:
    options = {"source": "translation.en", "target": "translation.de"}
    assert list(jsonl_pairs(json_lines(tmp_path, *NESTED), **options)) == [("a", "b"), ("c", "")]
    assert list(parquet_pairs(parquet_file(tmp_path, NESTED), **options)) == [("a", "b"), ("c", "")]


def test_a_name_with_a_dot_is_taken_whole_first() -> None:
    assert text_at({"a.b": "whole", "a": {"b": "part"}}, "a.b", "line 3") == "whole"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{no", r"line 2: not JSON \(.*\). Each line must be an object"),
        ("[1]", r"line 2: there is no `source`, since \[1\] has no names in it"),
        ({"sorce": "a"}, r"line 2: there is no `source`. Did you mean `sorce`\? Allowed: sorce"),
        (
            '{"source": "a\\ud83d", "target": "b"}',
            r"line 2: `source` has half a character .*'a.ud83d'. Write it as UTF-8",
        ),
        ({"source": 5, "target": "b"}, r"line 2: `source` must be a text, but is 5"),
        ({"source": ["a"], "target": "b"}, r"line 2: `source` must be a text, but is \['a'\]"),
    ],
)
def test_json_lines_that_are_not_right(tmp_path: Path, line: object, message: str) -> None:
    with pytest.raises(DataError, match=f"pairs.jsonl, {message}"):
        list(jsonl_pairs(json_lines(tmp_path, {"source": "a", "target": "b"}, line)))


def test_a_deep_nest_is_not_right(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="line 1: not JSON"):
        list(jsonl_pairs(json_lines(tmp_path, "[" * 100_000)))


def test_parquet(tmp_path: Path) -> None:
    records = [{"source": f"a{number}", "target": f"b{number}"} for number in range(20_011)]
    assert list(parquet_pairs(parquet_file(tmp_path, records))) == [tuple(record.values()) for record in records]


def test_one_column_for_both_sides(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, [{"text": "a"}])
    assert list(parquet_pairs(path, source="text", target="text")) == [("a", "a")]


def test_parquet_that_is_not_right(tmp_path: Path) -> None:
    path = parquet_file(tmp_path, [{"source": "a", "tarket": "b"}])
    with pytest.raises(DataError, match=r"no column `target`. Did you mean `tarket`\? Allowed: source, tarket"):
        list(parquet_pairs(path))
    path = parquet_file(tmp_path, [{"source": "a", "target": "b"}, {"source": "a", "target": None}])
    assert list(parquet_pairs(path)) == [("a", "b"), ("a", "")]
    path = parquet_file(tmp_path, [{"source": 7, "target": "b"}])
    with pytest.raises(DataError, match=r"pairs.parquet, row 1: `source` must be a text, but is 7"):
        list(parquet_pairs(path))
    path.write_text("source\ttarget\n")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        list(parquet_pairs(path))
    with pytest.raises(MissingError, match=r"gone.parquet: there is no such file"):
        list(parquet_pairs(tmp_path / "gone.parquet"))


def test_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    asked: list[object] = []

    def load_dataset(name: str, config: str | None, *, split: str, revision: str) -> list[dict[str, Any]]:
        asked.extend([name, config, split, revision])
        return NESTED

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    options = {"source": "translation.en", "target": "translation.de", "config": "de-en", "split": "validation"}
    assert list(hub_pairs("hub:some-one/pairs.v1", revision=COMMIT, **options)) == [("a", "b"), ("c", "")]
    assert asked == ["some-one/pairs.v1", "de-en", "validation", COMMIT]


@pytest.mark.parametrize(
    "error", [ConnectionError("no network"), ValueError("Unknown split"), FileNotFoundError("gone")]
)
def test_a_hub_that_gives_nothing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    import datasets

    def load_dataset(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    with pytest.raises(MissingError, match=f"hub:a/b at {COMMIT} could not be fetched: {error}"):
        list(hub_pairs("hub:a/b", revision=COMMIT))


@pytest.mark.parametrize("revision", [None, "main", "v1.0", COMMIT[:12], COMMIT.upper()])
def test_a_hub_needs_a_commit(revision: str | None) -> None:
    message = f"`revision` of hub:a/b must be a commit of 40 hex digits, but is `{revision}`. .* lists its commits"
    with pytest.raises(OptionError, match=message):
        list(hub_pairs("hub:a/b", revision=revision))


@pytest.mark.parametrize("address", ["hub:", "hub:a", "hub:a/b/c", "hub:../x y"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(OptionError, match=r"is not the address of a data set. Write hub:owner/name"):
        list(hub_pairs(address, revision=COMMIT))
