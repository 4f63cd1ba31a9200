"""Texts with labels from every format; what is wrong is said by file and line."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from saccade.data.labelled_texts import LabelledTexts
from saccade.data.read_labelled_texts import read_labelled_texts
from saccade.errors import DataError, MissingError, OptionError

ROWS = [("so, so good", "good"), ('"no"', "bad"), ("我爱中国", "good")]


def contents() -> dict[str, str]:
    quoted = [(text.replace('"', '""'), label) for text, label in ROWS]
    return {
        "a.csv": "text,label\n" + "".join(f'"{text}",{label}\n' for text, label in quoted),
        "a.tsv": "".join(f"{text}\t{label}\n" for text, label in ROWS),
        "b.tsv": "label\ttext\n" + "".join(f"{label}\t{text}\n\n" for text, label in ROWS),
        "a.jsonl": "".join(json.dumps({"text": text, "label": label}) + "\n\n" for text, label in ROWS),
    }


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "b.tsv", "a.jsonl"])
def test_each_format_gives_the_same(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(contents()[name], encoding="utf-8")
    found = read_labelled_texts(tmp_path / name)
    assert [(text, found.classes[label]) for text, label in zip(found.texts, found.labels, strict=True)] == ROWS
    assert (found.classes, found.skipped) == (("bad", "good"), 0)


def test_columns_have_other_names_and_numbers_are_classes_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("y,x\n10,a\n9,b\n", encoding="utf-8")
    found = read_labelled_texts(tmp_path / "a.csv", text="x", label="y")
    assert (found.classes, found.labels.tolist()) == (("9", "10"), [1, 0])
    (tmp_path / "a.tsv").write_text("10\ta\n9\tb\n", encoding="utf-8")
    found = read_labelled_texts(tmp_path / "a.tsv", text=1, label=0)
    assert (list(found.texts), found.labels.tolist()) == (["a", "b"], [1, 0])


def test_parquet_knows_the_names_that_were_noted(tmp_path: Path) -> None:
    table = pa.table({"text": ["a", "b", "c"], "label": [1, 0, 1]})
    notes = {"info": {"features": {"label": {"names": ["off", "on"]}}}}
    parquet.write_table(table.replace_schema_metadata({"huggingface": json.dumps(notes)}), tmp_path / "a.parquet")
    found = read_labelled_texts(tmp_path / "a.parquet")
    assert (found.classes, found.labels.tolist()) == (("off", "on"), [1, 0, 1])


def test_empty_texts_are_left_out_and_counted(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("a\tx\n \tx\nb\ty\n", encoding="utf-8")
    found = read_labelled_texts(tmp_path / "a.tsv")
    assert (len(found), found.skipped, found.name_of(1)) == (2, 1, f"{tmp_path / 'a.tsv'}, text 2")


@pytest.mark.parametrize(
    ("name", "content", "options", "error", "message"),
    [
        (
            "a.csv",
            "text,label\na,x\nb,\n",
            {},
            DataError,
            r"a.csv, line 3: `label` must be a text or a whole number, but",
        ),
        ("a.tsv", "a\tx\nb\t \n", {}, DataError, r"a.tsv, line 2: the label is empty. Give each text the name"),
        ("a.tsv", "a\tx\nb\n", {}, DataError, r"a.tsv, line 2: column 2 is wanted, but the line has only 1"),
        ("a.tsv", "a\tx\n\tz\n", {}, DataError, r"of the class `z` every text is empty \(1\). Leave the class out"),
        ("a.tsv", " \tx\n", {}, DataError, r"there is not one text with a label \(1 skipped, being empty\)"),
        ("a.tsv", "a\tx\nb\tyy\n", {"classes": ["x", "y"]}, DataError, r"line 2: the class `yy` is not .* mean `y`"),
        ("a.csv", "text,lable\na,x\n", {}, DataError, r"a.csv, line 2: there is no `label`. Did you mean `lable`\?"),
        (
            "a.jsonl",
            '{"text": "a", "label": 0.5}\n',
            {},
            DataError,
            r"line 1: `label` must be a text or a whole number",
        ),
        ("a.jsonl", '{"text": 3, "label": "x"}\n', {}, DataError, r"line 1: `text` must be a text, but is 3"),
        ("a.jsonl", "[1]\n", {}, DataError, r"line 1: there is no `text`, since \[1\] has no names"),
        ("a.jsonl", "no\n", {}, DataError, r"line 1: not JSON"),
        ("a.doc", "a\tx\n", {}, OptionError, r"a.doc: the name does not say the format \(known: .csv, .tsv, "),
        (
            "a.csv",
            "text,label\na,x\n",
            {"text": 0},
            OptionError,
            r"`text` is 0, a place, but columns of csv have names",
        ),
        ("a.csv", "text,label\na,x\n", {"header": True}, OptionError, r"`header` is not an option of the format `csv`"),
        ("a.csv", "text,label\na,x\n", {"format": "tvs"}, OptionError, r"`format` is `tvs`. Did you mean `tsv`\?"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    tmp_path: Path, name: str, content: str, options: dict[str, object], error: type[Exception], message: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(error, match=message):
        read_labelled_texts(tmp_path / name, **options)  # pyright: ignore[reportArgumentType]


def test_a_parquet_without_the_column_or_that_is_none(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"text": ["a"], "lable": ["x"]}), tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"a.parquet: there is no column `label`. Did you mean `lable`\?"):
        read_labelled_texts(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes(b"none")
    with pytest.raises(DataError, match=r"b.parquet cannot be read as Parquet"):
        read_labelled_texts(tmp_path / "b.parquet")
    with pytest.raises(MissingError, match=r"c.parquet: there is no such file"):
        read_labelled_texts(tmp_path / "c.parquet")
    with pytest.raises(OptionError, match=r"`revision` of hub:a/b must be a commit"):
        read_labelled_texts("hub:a/b")


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(DataError, match=r"There are 2 texts, but 1 labels"):
        LabelledTexts(["a", "b"], [0], ["x"])
    with pytest.raises(DataError, match=r"There are 1 texts, but 2 spans"):
        LabelledTexts(["a"], [0], ["x"], spans=[(), ()])
    with pytest.raises(DataError, match=r"Labels must be from 0 to 0, but go from 0 to 1"):
        LabelledTexts(["a", "b"], [0, 1], ["x"])
    with pytest.raises(DataError, match=r"There is not one text \(3 skipped"):
        LabelledTexts([], [], ["x"], skipped=3)
