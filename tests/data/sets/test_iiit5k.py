"""IIIT 5K-word: a stand-in that always runs, the real one, and files that don't go together."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.data.picture_files import written

from saccade.data.sets import TEXT_IMAGE_SETS
from saccade.data.sets.home import PLACES
from saccade.data.sets.iiit5k import HELD_OUT, iiit5k
from saccade.errors import DataError, MissingError, OptionError

WORD = {"text": "ab", "boxes": [[1, 1, 10, 20], [11, 6, 31, 16]], "size": [40, 20], "orig_size": [40, 20]}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    (tmp_path / "iiit5k").mkdir()
    return tmp_path


def write(home: Path, *words: dict[str, Any], stem: str = "test") -> None:
    """Words whose images are dark, with light in the box of their first character."""
    files = []
    for word in words:
        width, height = word["size"]
        pixels = np.full((height, width, 3), 20, np.uint8)
        left, top, across, down = (round(edge) for edge in word["boxes"][0])
        pixels[top - 1 : top - 1 + down, left - 1 : left - 1 + across] = 250
        files.append(np.frombuffer(written(pixels), np.uint8))
    offset = np.cumsum([0, *map(len, files)])
    np.savez(home / "iiit5k" / f"{stem}.npz", jpeg=np.concatenate(files), offset=offset)
    (home / "iiit5k" / f"{stem}.json").write_text(json.dumps(words), encoding="utf-8")


def test_boxes_go_with_the_image(home: Path) -> None:
    write(home, WORD, WORD | {"text": "cd"})
    images = iiit5k("test", height=32, width=32)
    assert (images.size, images.texts) == ((32, 32), ("ab", "cd"))
    assert images.boxes is not None
    # 40 × 20 becomes 32 × 16, eight rows down.
    np.testing.assert_allclose(images.boxes[1], [[0, 8, 8, 24], [8, 12, 32, 24]])
    light = np.argwhere(images.image(1)[..., 0] > 128)
    assert light.min(0).tolist() == [8, 0]
    assert light.max(0).tolist() == [23, 7]
    assert images.name(1).endswith("test.npz, image 2")


def test_an_image_that_was_made_smaller_counts_from_a_smaller_first_pixel(home: Path) -> None:
    half = {"text": "a", "boxes": [[10.5, 0.5, 10, 10]], "size": [40, 20], "orig_size": [80, 40]}
    write(home, half | {"boxes": [[10.5, 1.5, 10, 10]]})
    images = iiit5k("test", height=20, width=40)
    assert images.boxes is not None
    np.testing.assert_allclose(images.boxes[0], [[10, 1, 20, 11]])


def test_validation_is_held_out_of_the_training(home: Path) -> None:
    words = [WORD | {"text": f"{number:02}"} for number in range(100)] * 3
    write(home, *words, stem="train")
    train, held = iiit5k("train"), iiit5k("validation")
    assert (len(train), len(held)) == (300 - HELD_OUT, HELD_OUT)
    assert not {train.name(place) for place in range(100)} & {held.name(place) for place in range(200)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"boxes": [[1, 1, 10, 20], [11, 6, 32, 16]]}, r"box of character 2, 'b', is \[11, 6, 32, 16\] .* 40 × 20 pix"),
        ({"boxes": [[1, 1, 10, 20], [50, 6, 5, 5]]}, "image 1: the box of character 2, 'b'"),
        ({"boxes": [[1, 1, 10, 20]]}, "the text 'ab' has 2 characters, but 1 boxes"),
        ({"boxes": [[1, 1, 10, 20], [1, 1, 10]]}, "test.json is damaged"),
        ({"size": [40]}, "test.json is damaged"),
        ({"text": 7}, "test.json is damaged"),
    ],
)
def test_files_that_are_not_right(home: Path, change: dict[str, Any], message: str) -> None:
    write(home, WORD)
    (home / "iiit5k" / "test.json").write_text(json.dumps([WORD | change]), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        iiit5k("test")


def test_files_of_different_lengths(home: Path) -> None:
    write(home, WORD, WORD)
    (home / "iiit5k" / "test.json").write_text(json.dumps([WORD]), encoding="utf-8")
    with pytest.raises(DataError, match=r"test.json has 1 words, but there are 2 images"):
        iiit5k("test")
    (home / "iiit5k" / "test.json").write_text("[", encoding="utf-8")
    with pytest.raises(DataError, match=r"test.json is damaged"):
        iiit5k("test")


def test_what_is_not_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    for options, message in (
        ({"split": "valid"}, r"`split` is `valid`. Did you mean `validation`\?"),
        ({"height": 0}, "`size` must be 1 or more"),
    ):
        with pytest.raises(OptionError, match=message):
            TEXT_IMAGE_SETS["iiit5k"](**({"split": "train"} | options))
    monkeypatch.delenv("SACCADE_DATA", raising=False)
    with pytest.raises(MissingError, match=r"Get it from https://cvit.iiit.ac.in.* holds iiit5k/train.npz"):
        iiit5k("train")


def test_the_real_one(data_home: Path) -> None:
    if not (data_home / PLACES["iiit5k"].folder).is_dir():
        pytest.skip("SACCADE_DATA has no iiit5k")
    assert [len(iiit5k(split)) for split in ("train", "validation", "test")] == [1_800, 200, 3_000]
