"""Arrays in an .npz file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saccade.data.image_formats.npz import npz_images
from saccade.errors import DataError, MissingError

PIXELS = np.arange(3 * 5 * 7 * 2, dtype=np.uint8).reshape(3, 5, 7, 2)


def arrays(folder: Path, **named: Any) -> Path:
    path = folder / "pets.npz"
    np.savez(path, **named)
    return path


def test_images_with_and_without_channels(tmp_path: Path) -> None:
    path = arrays(tmp_path, x=PIXELS, y=np.array([2, 0, 1], np.uint8))
    records = list(npz_images(path))
    np.testing.assert_array_equal(records[2].image, PIXELS[2])
    assert (records[0].label, records[0].name) == ("2", f"{path}, image 1")
    records = list(
        npz_images(arrays(tmp_path, pictures=PIXELS[..., 0], kind=["a", "b", "a"]), image="pictures", label="kind")
    )
    np.testing.assert_array_equal(records[1].image, PIXELS[1, :, :, :1])
    assert [record.label for record in records] == ["a", "b", "a"]


def test_names_of_the_classes(tmp_path: Path) -> None:
    path = arrays(tmp_path, x=PIXELS, y=[1, 0, 1], classes=["dog", "cat"])
    assert [record.label for record in npz_images(path)] == ["cat", "dog", "cat"]
    with pytest.raises(DataError, match="image 2: `y` must be from 0 to 1, since there are 2 names, but is 2"):
        list(npz_images(arrays(tmp_path, x=PIXELS, y=[1, 2, 1], classes=["dog", "cat"])))


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ({"x": PIXELS, "label": [1, 0, 1]}, "there is no array `y`. Allowed: label, x"),
        ({"x": PIXELS[0, 0], "y": [1]}, r"`x` must have the shape .*, but has \(7, 2\)"),
        ({"x": PIXELS, "y": [1, 0]}, r"`y` must have the shape \(3,\), since there are 3 images, but has \(2,\)"),
        ({"x": PIXELS, "y": [1.5, 0.0, 1.0]}, "image 1: `y` must be a text or a whole number, but is 1.5"),
        ({"x": PIXELS, "y": np.array([1, 2, 3], object)}, r"cannot be read as .npz \(.*allow_pickle=False.*\)"),
    ],
)
def test_arrays_that_are_not_right(tmp_path: Path, named: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        list(npz_images(arrays(tmp_path, **named)))


def test_files_that_are_not_right(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"gone.npz: there is no such file"):
        list(npz_images(tmp_path / "gone.npz"))
    path = tmp_path / "pets.npz"
    for content in (b"", b"no arrays", arrays(tmp_path, x=PIXELS, y=[1, 0, 1]).read_bytes()[:150]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"pets.npz cannot be read as .npz"):
            list(npz_images(path))
    with path.open("wb") as file:
        np.save(file, PIXELS)
    with pytest.raises(DataError, match=r"pets.npz is not .npz, but a single array"):
        list(npz_images(path))
