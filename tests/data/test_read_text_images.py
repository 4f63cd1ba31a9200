"""Images of texts from tables of one's own."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.data.picture_files import colours, written

from saccade.data.read_text_images import read_text_images
from saccade.errors import DataError, MissingError, OptionError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, height in (("a.png", 11), ("b.png", 17)):
        (tmp_path / name).write_bytes(written(colours(height, 13)))
    return tmp_path


def table(folder: Path, text: str, name: str = "words.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_csv(folder: Path) -> None:
    path = table(folder, 'text,image\n"1,250 €",a.png\nStraße,b.png\n1,b.png\n')
    images = read_text_images(path, size=(11, 13))
    assert images.texts == ("1,250 €", "Straße", "1")
    assert images.boxes is None
    np.testing.assert_array_equal(images.image(0), colours(11, 13))
    assert images.name(1) == f"{path}, line 3 (b.png)"


def test_jsonl_and_parquet_with_other_names(folder: Path) -> None:
    rows = [{"file": "a.png", "words": "I love China"}]
    path = table(folder, json.dumps(rows[0]), "words.jsonl")
    assert read_text_images(path, size=7, image="file", text="words", channels=1).texts == ("I love China",)
    parquet.write_table(pa.Table.from_pylist(rows), folder / "words.parquet")
    assert read_text_images(folder / "words.parquet", size=7, image="file", text="words").size == (7, 7)


def test_what_cannot_be_read_stops_or_is_skipped(folder: Path) -> None:
    (folder / "c.png").write_bytes(b"")
    path = table(folder, "text,image\nab,a.png\nc,c.png\n")
    with pytest.raises(DataError, match=r"c.png\) is empty"):
        read_text_images(path, size=7)
    images = read_text_images(path, size=7, on_bad_file="skip")
    assert (images.texts, images.skipped) == (("ab",), 1)
    with pytest.raises(DataError, match=r"there is not one image \(1 skipped\)"):
        read_text_images(table(folder, "text,image\nc,c.png\n"), size=7, on_bad_file="skip")


@pytest.mark.parametrize(
    ("text", "options", "error", "message"),
    [
        ("image,label\na.png,ab\n", {}, DataError, "line 2: there is no `text`"),
        ("image,text\na.png,\n", {}, DataError, "line 2: `text` must be a text"),
        ("image,text\na.png,  \n", {}, DataError, r"line 2 \(a.png\): the text is empty"),
        ("image,text\nz.png,ab\n", {}, MissingError, "z.png"),
        ("image,text\na.png,ab\n", {"format": "folder"}, OptionError, "`format` is `folder`. Allowed: csv, hub, jsonl"),
        ("image,text\na.png,ab\n", {"revision": "x"}, OptionError, "`revision` is not an option of the format `csv`"),
        ("image,text\na.png,ab\n", {"on_bad_file": "skipp"}, OptionError, r"Did you mean `skip`\?"),
        ("image,text\na.png,ab\n", {"size": 0}, OptionError, "`size` must be 1 or more"),
    ],
)
def test_tables_that_are_not_right(
    folder: Path, text: str, options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_text_images(table(folder, text), **({"size": 7} | options))


def test_a_folder_says_no_texts(folder: Path) -> None:
    with pytest.raises(DataError, match="is a folder, whose names say no texts"):
        read_text_images(folder, size=7)
