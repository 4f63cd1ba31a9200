"""A folder of class folders."""

from pathlib import Path

import pytest

from saccade.data.image_formats.folder import folder_images
from saccade.errors import DataError, MissingError


def grow(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def test_files_in_order(tmp_path: Path) -> None:
    grow(tmp_path, "dog/b.png", "dog/a.JPG", "cat/c", "dog/.DS_Store", "cat/Thumbs.db", ".git/x", "README.md")
    records = [(record.image, record.label, record.name) for record in folder_images(tmp_path)]
    paths = [(tmp_path / file) for file in ("cat/c", "dog/a.JPG", "dog/b.png")]
    assert records == [(path, path.parent.name, str(path)) for path in paths]


def test_folders_that_are_not_right(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="gone: there is no such folder"):
        list(folder_images(tmp_path / "gone"))
    with pytest.raises(DataError, match="holds no folders"):
        list(folder_images(grow(tmp_path, "a.png", "b.png")))


@pytest.mark.parametrize("left", [(), (".DS_Store",), ("Thumbs.db", "desktop.ini")])
def test_a_class_folder_that_is_empty(tmp_path: Path, left: tuple[str, ...]) -> None:
    grow(tmp_path, "cat/a.png")
    (tmp_path / "dog").mkdir()
    grow(tmp_path / "dog", *left)
    with pytest.raises(DataError, match="dog: the class folder is empty"):
        next(folder_images(tmp_path))


def test_the_folder_above(tmp_path: Path) -> None:
    grow(tmp_path, "train/cat/a.png", "test/cat/b.png")
    message = "test must hold the images of one class, but holds the folder cat. .*; is it .*/test"
    with pytest.raises(DataError, match=message):
        next(folder_images(tmp_path))
