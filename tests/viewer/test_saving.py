"""The suffix says what is written; what cannot be written harms nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from saccade.errors import DataError, MissingError, OptionError, StorageError
from saccade.maps import ImageLook, Look
from saccade.metrics import BucketScore
from saccade.viewer import Course, read, read_images, save, save_courses, save_curves

CURVES = {"attention": [BucketScore("1–10", 97, 6.5, 41.0, 39.0, 43.0)]}


def test_each_suffix_has_its_kind(arabic: Look, tmp_path: Path) -> None:
    for name in ("look.html", "look.PNG", "look.json"):
        assert save(arabic, tmp_path / name) == []
    assert (tmp_path / "look.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "look.PNG").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "look.json").read_text(encoding="utf-8"))["format"] == "saccade.looks"
    assert len(list(tmp_path.iterdir())) == 3


def test_json_brings_looks_back(china: Look, arabic: Look, tmp_path: Path) -> None:
    save([china, arabic], tmp_path / "looks.json")
    first, second = read(tmp_path / "looks.json")
    assert (first.output, second.output) == ("I love China", "I love books")
    np.testing.assert_array_equal(first.map.weights, china.map.weights)
    assert [other.output for other in first.alternatives] == ["I like China"]


def test_looks_at_images_are_saved_and_read_alike(cat: ImageLook, tmp_path: Path) -> None:
    for name in ("look.html", "look.png", "look.json"):
        assert save([cat, cat], tmp_path / name) == []
    assert (tmp_path / "look.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert (tmp_path / "look.png").read_bytes().startswith(b"\x89PNG")
    first, _ = read_images(tmp_path / "look.json")
    assert (first.label, [seen.layer for seen in first.maps]) == ("cat", [seen.layer for seen in cat.maps])
    np.testing.assert_array_equal(first.image, cat.image)


def test_looks_of_the_other_kind_are_named(cat: ImageLook, arabic: Look, tmp_path: Path) -> None:
    save(cat, tmp_path / "images.json")
    save(arabic, tmp_path / "texts.json")
    with pytest.raises(DataError, match=r"holds no looks of saccade\.looks\. `read_images` reads it"):
        read(tmp_path / "images.json")
    with pytest.raises(DataError, match=r"holds no looks of saccade\.image-looks\. `read` reads it"):
        read_images(tmp_path / "texts.json")
    with pytest.raises(DataError, match=r"these are 1 at texts and 2 at images"):
        save([arabic, cat, cat], tmp_path / "both.html")  # pyright: ignore[reportArgumentType]
    assert not (tmp_path / "both.html").exists()


def test_hostile_text_can_be_saved(hostile: Look, tmp_path: Path) -> None:
    for name in ("look.html", "look.png", "look.json"):
        save(hostile, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 0
    assert read(tmp_path / "look.json")[0].source == hostile.source


@pytest.mark.parametrize(
    ("name", "said"), [("look.pdf", r"suffix `\.pdf`\. Allowed: \.html, \.png, \.json"), ("look", r"has no suffix")]
)
def test_other_suffixes_are_refused(arabic: Look, tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        save(arabic, tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["look.html", "look.png", "look.json"])
def test_what_cannot_be_written_is_a_clear_error(arabic: Look, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match=r"could not be written"):
        save(arabic, tmp_path / "file" / name)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no file .*looks.json"):
        read(tmp_path / "looks.json")
    (tmp_path / "looks.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"is no JSON"):
        read(tmp_path / "looks.json")
    (tmp_path / "looks.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds no looks"):
        read(tmp_path / "looks.json")


def test_curves_go_by_suffix_too(tmp_path: Path) -> None:
    assert save_curves(CURVES, tmp_path / "curves.png") == []
    assert save_curves(CURVES, tmp_path / "curves.html") == []
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "attention" in (tmp_path / "curves.html").read_text(encoding="utf-8")
    with pytest.raises(OptionError, match=r"Allowed: \.html, \.png\."):
        save_curves(CURVES, tmp_path / "curves.json")


def test_courses_go_by_suffix_too(tmp_path: Path) -> None:
    courses = {"gated": Course([(50.0, 2.0)], [(70.0, 1.5)], [(70.0, 61.0)], {"cat": 53.0})}
    for name, start in (("c.png", b"\x89PNG"), ("c.html", b"<!doctype html>")):
        assert save_courses(courses, tmp_path / name, figure="top1") == []
        assert (tmp_path / name).read_bytes().startswith(start)
    with pytest.raises(OptionError, match=r"Allowed: \.html, \.png\."):
        save_courses(courses, tmp_path / "c.json")
