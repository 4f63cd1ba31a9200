"""CIFAR-10: a stand-in that always runs, and the real one."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.data.picture_files import written

from saccade.data.sets.cifar10 import cifar10
from saccade.errors import DataError

CLASSES = ["bird", "cat", "deer"]


def stand_in(home: Path, stem: str, count: int) -> Path:
    """Images of one grey each, their number."""
    files = [written(Image.new("RGB", (32, 32), (number % 250,) * 3), "JPEG") for number in range(count)]
    offsets = np.cumsum([0, *map(len, files)])
    path = home / "cifar10_jpeg" / f"{stem}.npz"
    path.parent.mkdir(exist_ok=True)
    jpeg = np.frombuffer(b"".join(files), np.uint8)
    np.savez(path, jpeg=jpeg, offset=offsets, label=np.arange(count, dtype=np.uint8) % 3, classes=CLASSES)
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    return tmp_path


def test_a_small_test_split(home: Path) -> None:
    stand_in(home, "test", 7)
    images = cifar10("test")
    assert (len(images), images.size, images.channels) == (7, (32, 32), 3)
    assert images.classes == tuple(CLASSES)
    assert images.labels.tolist() == [0, 1, 2, 0, 1, 2, 0]
    np.testing.assert_allclose(images.stack([5]), np.full((1, 32, 32, 3), 5), atol=2)


def test_train_and_validation_share_no_image(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("saccade.data.sets.cifar10"), "HELD_OUT", 11)
    stand_in(home, "train", 61)
    numbers = [cifar10(split).stack(range(count))[:, 16, 16, 0] for split, count in (("train", 50), ("validation", 11))]
    np.testing.assert_allclose(np.sort(np.concatenate(numbers).astype(int)), np.arange(61), atol=2)
    assert np.diff(numbers[1].astype(int)).max() > 3  # drawn from all over the file
    np.testing.assert_array_equal(cifar10("validation").stack(range(11))[:, 16, 16, 0], numbers[1])


def test_a_damaged_image_is_named(home: Path) -> None:
    path = stand_in(home, "test", 3)
    with np.load(path) as file:
        arrays = dict(file)
    arrays["offset"][2] -= 400
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=r"test.npz, image 2 is damaged or cut off"):
        cifar10("test")


def test_the_real_one(data_home: Path) -> None:
    images = cifar10("validation")
    assert len(images) == 5_000
    assert images.classes[3] == "cat"
    counts = np.bincount(images.labels, minlength=10)
    assert 400 < counts.min() <= counts.max() < 600
