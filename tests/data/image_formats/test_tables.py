"""Records of images: CSV, JSON lines, Parquet and hubs."""

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.data.picture_files import colours, written

from saccade.data.image_formats.csv import csv_images
from saccade.data.image_formats.hub import hub_images
from saccade.data.image_formats.jsonl import jsonl_images
from saccade.data.image_formats.parquet import parquet_images
from saccade.data.image_formats.record import Record, label_text, record_of
from saccade.errors import DataError, MissingError, OptionError

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def file(folder: Path, name: str, *lines: object) -> Path:
    path = folder / name
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def table(folder: Path, records: list[dict[str, Any]], notes: dict[str, Any] | None = None) -> Path:
    path = folder / "images.parquet"
    rows = pa.Table.from_pylist(records)
    parquet.write_table(rows.replace_schema_metadata({"huggingface": json.dumps(notes)} if notes else None), path)
    return path


def brief(records: Any) -> list[tuple[Any, str, str]]:
    return [(record.image, record.label, record.name) for record in records]


def test_csv(tmp_path: Path) -> None:
    path = file(tmp_path, "pets.csv", "label,image", 'cat,"a, b.png"', "", "dog,/far/c.png")
    assert brief(csv_images(path)) == [
        (tmp_path / "a, b.png", "cat", f"{path}, line 2 (a, b.png)"),
        (Path("/far/c.png"), "dog", f"{path}, line 4 (/far/c.png)"),
    ]


def test_csv_of_other_names_packed_and_with_tabs(tmp_path: Path) -> None:
    path = tmp_path / "pets.tsv.gz"
    path.write_bytes(gzip.compress(b"file\tkind\na,b.png\t3\n"))
    records = list(csv_images(path, image="file", label="kind"))
    assert [(record.image, record.label) for record in records] == [(tmp_path / "a,b.png", "3")]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["path,label", "a.png,cat"], "line 2: there is no `image`. Allowed: label, path"),
        (["image,labl", "a.png,cat"], r"line 2: there is no `label`. Did you mean `labl`\?"),
        (["image,label", "a.png,cat", "b.png"], "line 3: there are 2 columns, but the line has 1"),
        (["image,label", ",cat"], "line 2: `image` must be a path or the bytes of a file, but is ''"),
        (["image,label", "a.png,"], "line 2: `label` must be a text or a whole number, but is ''"),
        (["image,label", '"a.png,cat'], r"line 2: not CSV \(.*\)"),
    ],
)
def test_csv_that_is_not_right(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(DataError, match=f"pets.csv, {message}"):
        list(csv_images(file(tmp_path, "pets.csv", *lines)))


def test_json_lines(tmp_path: Path) -> None:
    path = file(tmp_path, "pets.jsonl", {"image": "a.png", "label": "cat", "x": 1}, "", {"image": "b", "label": 3})
    assert brief(jsonl_images(path)) == [
        (tmp_path / "a.png", "cat", f"{path}, line 1 (a.png)"),
        (tmp_path / "b", "3", f"{path}, line 3 (b)"),
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{no", r"not JSON \(.*\). Each line must be an object"),
        ("[1]", r"there is no `image`, since \[1\] has no names in it"),
        ({"image": "a", "label": 1.5}, "`label` must be a text or a whole number, but is 1.5"),
        ({"image": "a", "label": True}, "`label` must be a text or a whole number, but is True"),
        ({"image": "a", "label": None}, "`label` must be a text or a whole number, but is None"),
        ({"image": 7, "label": "cat"}, "`image` must be a path or the bytes of a file, but is 7"),
    ],
)
def test_json_lines_that_are_not_right(tmp_path: Path, line: object, message: str) -> None:
    with pytest.raises(DataError, match=f"pets.jsonl, line 1: {message}"):
        list(jsonl_images(file(tmp_path, "pets.jsonl", line)))


def test_parquet_of_bytes_and_of_paths(tmp_path: Path) -> None:
    content = written(colours())
    path = table(tmp_path, [{"image": content, "label": "cat"}] * 411)
    records = list(parquet_images(path))
    assert len(records) == 411
    assert records[410] == Record(content, "cat", f"{path}, row 411")
    path = table(tmp_path, [{"file": "a.png", "kind": 3}])
    assert brief(parquet_images(path, image="file", label="kind")) == [
        (tmp_path / "a.png", "3", f"{path}, row 1 (a.png)")
    ]


def test_parquet_as_datasets_writes_it(tmp_path: Path) -> None:
    notes = {"info": {"features": {"image": {"_type": "Image"}, "label": {"names": ["dog", "cat"]}}}}
    rows = [{"image": {"bytes": b"x", "path": "a"}, "label": 1}, {"image": {"bytes": None, "path": "b"}, "label": 0}]
    records = list(parquet_images(table(tmp_path, rows, notes)))
    assert [(record.image, record.label) for record in records] == [(b"x", "cat"), (tmp_path / "b", "dog")]
    path = table(tmp_path, [{"image": b"x", "label": 2}], notes)
    with pytest.raises(DataError, match="row 1: `label` must be from 0 to 1, since there are 2 names, but is 2"):
        list(parquet_images(path))


def test_parquet_that_is_not_right(tmp_path: Path) -> None:
    path = table(tmp_path, [{"image": b"x", "lable": "cat"}])
    with pytest.raises(DataError, match=r"no column `label`. Did you mean `lable`\? Allowed: image, lable"):
        list(parquet_images(path))
    path.write_text("image,label\n")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        list(parquet_images(path))
    with pytest.raises(MissingError, match=r"gone.parquet: there is no such file"):
        list(parquet_images(tmp_path / "gone.parquet"))


def hub(monkeypatch: pytest.MonkeyPatch, features: Any, **columns: list[Any]) -> list[Any]:
    import datasets

    asked: list[Any] = []

    def load_dataset(name: str, config: str | None, *, split: str, revision: str) -> datasets.Dataset:
        asked.extend([name, config, split, revision])
        return datasets.Dataset.from_dict(columns, features=datasets.Features(features))

    monkeypatch.setattr(datasets, "load_dataset", load_dataset)
    return asked


def test_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    content = written(colours())
    features = {"img": datasets.Image(), "kind": datasets.ClassLabel(names=["dog", "cat"]), "x": datasets.Value("int8")}
    images = [{"bytes": content, "path": None}, {"bytes": b"no image", "path": None}]
    asked = hub(monkeypatch, features, img=images, kind=[1, 0], x=[5, 7])
    options = {"image": "img", "label": "kind", "config": "plain", "split": "test"}
    assert brief(hub_images("hub:some-one/pets", revision=COMMIT, **options)) == [
        (content, "cat", "hub:some-one/pets, row 1"),
        (b"no image", "dog", "hub:some-one/pets, row 2"),
    ]
    assert asked == ["some-one/pets", "plain", "test", COMMIT]
    with pytest.raises(DataError, match=r"hub:a/b: there is no column `image`. Did you mean `img`\?"):
        list(hub_images("hub:a/b", revision=COMMIT))
    with pytest.raises(OptionError, match="`revision` of hub:a/b must be a commit"):
        list(hub_images("hub:a/b", revision="main"))


def test_numbers_without_names() -> None:
    assert label_text(7, "row 1") == "7"
    assert record_of({"a": b"x", "b": 0}, "a", "b", "row 1", Path(), ["cat"]) == Record(b"x", "cat", "row 1")
