"""MNIST and its cluttered form: a stand-in that always runs, and the real ones."""

from pathlib import Path

import numpy as np
import pytest

from saccade.data.sets import IMAGE_SETS
from saccade.errors import MissingError, OptionError

ELSEWHERE = {"mnist": "mnist/train.npz", "cluttered-mnist": "mnist/train.npz", "cifar10": "cifar10_jpeg/train.npz"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Digits that are their number in light: so whose pixel it is can be seen."""
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for stem, count in (("train", 5_003), ("test", 11)):
        labels = np.arange(count, dtype=np.uint8) % 10
        digits = np.zeros((count, 28, 28), np.uint8)
        digits[:, 5:23, 9:18] = 100 + labels[:, None, None]
        np.savez(tmp_path / "mnist" / f"{stem}.npz", x=digits, y=labels)
    return tmp_path


@pytest.mark.parametrize("name", ELSEWHERE)
def test_without_the_files(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SACCADE_DATA", raising=False)
    with pytest.raises(MissingError, match=f"`{name}` .* `SACCADE_DATA` is not set. .* holds {ELSEWHERE[name]}"):
        IMAGE_SETS[name]("train")
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    with pytest.raises(MissingError, match=f"there is no {tmp_path / ELSEWHERE[name]}"):
        IMAGE_SETS[name]("validation")


@pytest.mark.parametrize("name", IMAGE_SETS)
def test_a_split_that_is_none(name: str) -> None:
    with pytest.raises(OptionError, match=r"`split` is `valid`. Did you mean `validation`\?"):
        IMAGE_SETS[name]("valid")


def test_the_splits_of_mnist(home: Path) -> None:
    splits = {split: IMAGE_SETS["mnist"](split) for split in ("train", "validation", "test")}
    assert {split: len(images) for split, images in splits.items()} == {"train": 3, "validation": 5_000, "test": 11}
    assert splits["train"].labels.tolist() == [0, 1, 2]
    assert splits["validation"].labels[:3].tolist() == [3, 4, 5]
    assert splits["test"].image(7).shape == (28, 28, 1)
    assert splits["test"].image(7).max() == 107


@pytest.mark.parametrize(("size", "pieces"), [(60, 4), (100, 8), (28, 0), (31, 2)])
def test_cluttered(home: Path, size: int, pieces: int) -> None:
    images = IMAGE_SETS["cluttered-mnist"]("train", images=1_003, size=size, pieces=pieces)
    assert (len(images), images.size, images.channels) == (1_003, (size, size), 1)
    assert images.boxes is not None
    stack = images.stack(range(1_003))[..., 0]
    for image, label, box in zip(stack, images.labels, images.boxes.astype(int), strict=True):
        left, top, right, bottom = box
        assert (right - left, bottom - top) == (9, 18)
        # No piece is lighter than 102, so each pixel of the digit is at least what it was.
        assert image[top:bottom, left:right].min() >= 100 + label
        outside = image.sum(dtype=int) - image[top:bottom, left:right].sum(dtype=int)
        assert outside <= pieces * 64 * 102
    assert (stack > 0).sum((1, 2)).max() > 162 or not pieces


def test_pieces_and_places_differ(home: Path) -> None:
    one, same, other = (IMAGE_SETS["cluttered-mnist"]("train", images=50, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.stack(range(50)), same.stack(range(50)))
    assert not np.array_equal(one.stack(range(50)), other.stack(range(50)))
    assert one.boxes is not None
    assert len(np.unique(one.boxes[:, :2], axis=0)) > 40
    more = IMAGE_SETS["cluttered-mnist"]("train", images=1_500, seed=1)
    np.testing.assert_array_equal(one.stack(range(50)), more.stack(range(50)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"images": 0}, "`images` must be 1 or more, but is 0"),
        ({"size": 27}, "`size` must be 28 or more, but is 27"),
        ({"pieces": -1}, "`pieces` must be 0 or more, but is -1"),
    ],
)
def test_options_that_are_not_allowed(options: dict, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        IMAGE_SETS["cluttered-mnist"]("train", **options)


def test_the_real_ones(data_home: Path) -> None:
    counts = {split: len(IMAGE_SETS["mnist"](split)) for split in ("train", "validation", "test")}
    assert counts == {"train": 55_000, "validation": 5_000, "test": 10_000}
    images = IMAGE_SETS["cluttered-mnist"]("test", images=500)
    assert images.boxes is not None
    sides = images.boxes[:, 2:] - images.boxes[:, :2]
    assert sides.max() <= 28
    assert (sides.max(1) >= 15).all()
