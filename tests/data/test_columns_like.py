"""What a recipe says of the columns of its files holds for a file of one's own, too, as far as that has columns."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from saccade.data.read import read_pairs
from saccade.data.read_images import read_images
from saccade.data.read_labelled_texts import read_labelled_texts
from saccade.data.read_text_images import read_text_images
from saccade.data.read_texts import read_texts
from saccade.recipes.load import load_recipe

TSV = "de\ten\neine Katze\ta cat\n"
JSONL = '{"de": "eine Katze", "en": "a cat"}\n'


@pytest.mark.parametrize(
    ("name", "text", "alike"),
    [
        ("own.tsv", TSV, {"source": "en", "target": "de", "revision": "2f8a"}),
        ("own.tsv", TSV, {"source": 1, "target": 0, "header": True}),
        ("own.jsonl", JSONL, {"source": "en", "target": "de", "header": True}),
    ],
)
def test_pairs(tmp_path: Path, name: str, text: str, alike: dict[str, Any]) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert list(read_pairs(tmp_path / name, alike=alike)) == [("a cat", "eine Katze")]


def test_lines_have_no_columns(tmp_path: Path) -> None:
    (tmp_path / "own.en").write_text("a cat\n", encoding="utf-8")
    (tmp_path / "own.de").write_text("eine Katze\n", encoding="utf-8")
    alike = {"source": "en", "target": "de"}
    assert list(read_pairs((tmp_path / "own.en", tmp_path / "own.de"), alike=alike)) == [("a cat", "eine Katze")]
    assert list(read_texts(tmp_path / "own.en", alike={"column": "en"}).texts) == ["a cat"]


def test_a_place_is_no_name(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_text('{"source": "a cat", "target": "eine Katze"}\n', encoding="utf-8")
    assert list(read_pairs(tmp_path / "own.jsonl", alike={"source": 1, "target": 0})) == [("a cat", "eine Katze")]


def test_what_is_said_of_the_file_itself_comes_first(tmp_path: Path) -> None:
    (tmp_path / "own.tsv").write_text(TSV, encoding="utf-8")
    assert list(read_texts(tmp_path / "own.tsv", column="de", alike={"column": "en"}).texts) == ["eine Katze"]


def test_texts(tmp_path: Path) -> None:
    (tmp_path / "own.tsv").write_text("1\ta cat\n2\ta dog\n", encoding="utf-8")
    assert list(read_texts(tmp_path / "own.tsv", alike={"column": 1}).texts) == ["a cat", "a dog"]


def test_labelled_texts(tmp_path: Path) -> None:
    (tmp_path / "own.tsv").write_text("good\t1\tso nice\nbad\t2\tso so\n", encoding="utf-8")
    found = read_labelled_texts(tmp_path / "own.tsv", alike={"text": 2, "label": 0})
    assert (list(found.texts), [*found.labels], [*found.classes]) == (["so nice", "so so"], [1, 0], ["bad", "good"])


def test_images(tmp_path: Path) -> None:
    Image.new("RGB", (4, 3)).save(tmp_path / "a.png")
    (tmp_path / "own.csv").write_text("file,said\na.png,cat\n", encoding="utf-8")
    assert read_images(tmp_path / "own.csv", size=4, alike={"image": "file", "label": "said"}).classes == ("cat",)
    assert [*read_text_images(tmp_path / "own.csv", size=4, alike={"image": "file", "text": "said"}).texts] == ["cat"]


def test_a_set_says_nothing_of_files(tmp_path: Path) -> None:
    recipe = load_recipe("g2p-en").recipe
    assert (recipe.data.options, recipe.data.of_files) == ({"language": "eng_us"}, {})
    text = "name: own\ndata: {train: a.tsv, validation: b.tsv, options: {source: en}}\ntraining: {max_epochs: 1}"
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    assert load_recipe(tmp_path / "own.yaml").recipe.data.of_files == {"source": "en"}
