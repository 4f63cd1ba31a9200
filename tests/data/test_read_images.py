"""Reading labelled images: all formats alike, what is skipped, and what stops everything."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet
from tests.data.picture_files import animated, colours, written

from saccade.data.image_formats.npz import npz_images
from saccade.data.read_images import FORMATS, read_images
from saccade.errors import DataError, MissingError, OptionError

SIZE = (11, 7)
LABELS = ("dog", "cat", "dog", "10", "9")
PICTURES = [np.roll(colours(), shift, axis=0) for shift in range(5)]


def filled(folder: Path, **more: bytes) -> Path:
    """A folder of class folders: cat/1.png, dog/0.png …"""
    for number, (label, picture) in enumerate(zip(LABELS, PICTURES, strict=True)):
        (folder / label).mkdir(parents=True, exist_ok=True)
        (folder / label / f"{number}.png").write_bytes(written(picture))
    for name, content in more.items():
        (folder / name.replace("__", "/")).write_bytes(content)
    return folder


def as_table(folder: Path, kind: str) -> Path:
    """The same images in another format."""
    root = filled(folder / "images")
    paths = [f"images/{label}/{number}.png" for number, label in enumerate(LABELS)]
    path = folder / f"pets.{kind}"
    if kind == "csv":
        path.write_text("image,label\n" + "".join(f"{p},{label}\n" for p, label in zip(paths, LABELS, strict=True)))
    elif kind == "jsonl":
        rows = [{"image": p, "label": label} for p, label in zip(paths, LABELS, strict=True)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    elif kind == "npz":
        np.savez(path, x=np.stack(PICTURES), y=LABELS)
    elif kind == "parquet":
        contents = [(folder / p).read_bytes() for p in paths]
        parquet.write_table(pa.table({"image": contents, "label": LABELS}), path)
    return root if kind == "folder" else path


@pytest.mark.parametrize("kind", sorted(set(FORMATS) - {"hub"}))
def test_every_format_gives_the_same(tmp_path: Path, kind: str) -> None:
    images = read_images(as_table(tmp_path, kind), size=SIZE)
    assert images.classes == ("9", "10", "cat", "dog")
    assert (len(images), images.size, images.channels, images.skipped) == (5, SIZE, 3, 0)
    assert images.boxes is None
    # Folders come in the order of their names.
    order = [3, 4, 1, 0, 2] if kind == "folder" else range(5)
    assert [images.classes[label] for label in images.labels] == [LABELS[number] for number in order]
    np.testing.assert_array_equal(images.stack(range(5)), np.stack([PICTURES[number] for number in order]))
    assert all("pets." in images.name(place) or images.name(place).endswith(".png") for place in range(5))


def test_a_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    rows = {"image": [{"bytes": written(picture), "path": None} for picture in PICTURES], "label": list(LABELS)}
    features = datasets.Features({"image": datasets.Image(), "label": datasets.Value("string")})
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: datasets.Dataset.from_dict(rows, features=features))
    images = read_images("hub:a/pets", size=SIZE, revision="0" * 40)
    np.testing.assert_array_equal(images.stack([4]), PICTURES[4][None])
    assert images.name(4) == "hub:a/pets, row 5"


def test_size_channels_and_fit(tmp_path: Path) -> None:
    folder = tmp_path / "wide"
    (folder / "a").mkdir(parents=True)
    image = Image.new("RGB", (20, 10), (50, 50, 50))
    image.paste((250, 250, 250), (0, 4, 20, 6))
    image.save(folder / "a" / "0.png")
    padded, squeezed = (read_images(folder, size=20, channels=1, fit=fit).image(0) for fit in ("pad", "squeeze"))
    assert padded.shape == squeezed.shape == (20, 20, 1)
    assert [int((picture > 150).any((1, 2)).sum()) for picture in (padded, squeezed)] == [2, 4]


def test_more_images_than_are_read_ahead(tmp_path: Path) -> None:
    pixels = np.arange(1_013, dtype=np.uint16)[:, None, None] * np.ones((1, 2, 3), np.uint16)
    np.savez(tmp_path / "many.npz", x=(pixels % 251).astype(np.uint8), y=np.arange(1_013) % 7)
    images = read_images(tmp_path / "many.npz", size=(2, 3), channels=1)
    np.testing.assert_array_equal(images.stack(range(1_013))[:, 0, 0, 0], np.arange(1_013) % 251)
    np.testing.assert_array_equal(images.labels, np.arange(1_013) % 7)


BAD = {
    "empty": (b"", "is empty"),
    "text": (b"no image", "is not an image"),
    "cut": (written(colours(40, 30))[:-600], "is damaged or cut off"),
    "animated": (animated("GIF"), "has 3 frames"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_stops_or_is_skipped(tmp_path: Path, kind: str) -> None:
    content, message = BAD[kind]
    folder = filled(tmp_path, cat__bad=content, dog__bad=content)
    with pytest.raises(DataError, match=f"cat/bad {message}"):
        read_images(folder, size=SIZE)
    images = read_images(folder, size=SIZE, on_bad_file="skip")
    assert (len(images), images.skipped) == (5, 2)
    assert not any(images.name(place).endswith("bad") for place in range(5))


def test_a_bomb_and_a_missing_file(tmp_path: Path) -> None:
    filled(tmp_path, cat__big=written(colours(40, 30)))
    with pytest.raises(DataError, match=r"cat/big has 30 × 40 pixels, but `max_pixels` is 1,000"):
        read_images(tmp_path, size=SIZE, max_pixels=1_000)
    table = tmp_path / "pets.csv"
    table.write_text("image,label\ndog/0.png,dog\ngone.png,dog\n")
    with pytest.raises(MissingError, match=r"pets.csv, line 3 \(gone.png\): there is no such file"):
        read_images(table, size=SIZE)
    assert read_images(table, size=SIZE, on_bad_file="skip").skipped == 1


def test_a_class_of_which_nothing_can_be_read(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    (folder / "emu").mkdir()
    (folder / "emu" / "bad").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"of the class `emu` not one image can be read \(1 skipped\)"):
        read_images(folder, size=SIZE, on_bad_file="skip")


def test_the_classes_of_the_training(tmp_path: Path) -> None:
    folder = filled(tmp_path)
    images = read_images(folder, size=SIZE, classes=["dog", "emu", "9", "10", "cat"])
    assert images.classes == ("dog", "emu", "9", "10", "cat")
    assert [images.classes[label] for label in images.labels] == ["10", "9", "cat", "dog", "dog"]
    message = (
        r"cat/1.png: the class `cat` is not one of the training's. Did you mean `cats`\? Allowed: 10, 9, cats, dog"
    )
    with pytest.raises(DataError, match=message):
        read_images(folder, size=SIZE, classes=["dog", "cats", "9", "10"], on_bad_file="skip")


def pets(folder: Path, pixels: np.ndarray) -> Path:
    np.savez(folder / "pets.npz", x=pixels, y=np.arange(len(pixels)) % 2)
    return folder / "pets.npz"


def test_arrays_of_another_size_or_number(tmp_path: Path) -> None:
    path = pets(tmp_path, np.full((5, 4, 8), 0.5, np.float32))
    images = read_images(path, size=16)
    np.testing.assert_array_equal(images.stack(range(5)), np.full((5, 16, 16, 3), 128))
    assert len(list(npz_images(path))) == 5


def test_a_dark_image_among_others_stays_dark(tmp_path: Path) -> None:
    for light, dark, expected in ((255.0, 1.0, 1), (1.0, 0.5, 128), (65_535, 255, 1)):
        pixels = np.array([light, dark])[:, None, None] * np.ones((1, 2, 3), type(light))
        images = read_images(pets(tmp_path, pixels), size=(2, 3), channels=1)
        assert [int(images.image(place).max()) for place in (0, 1)] == [255, expected]


def test_pixels_that_are_no_numbers(tmp_path: Path) -> None:
    pixels = np.zeros((5, 11, 7, 3))
    pixels[3, 5, 2] = np.nan
    with pytest.raises(DataError, match=r"pets.npz, image 4: 3 of 231 pixels are NaN or infinite"):
        read_images(pets(tmp_path, pixels), size=SIZE)
    images = read_images(pets(tmp_path, pixels), size=SIZE, on_bad_file="skip")
    assert (len(images), images.skipped, images.name(3)[-7:]) == (4, 1, "image 5")


@pytest.mark.parametrize(("shape", "channels"), [((5, 11, 7, 2), 3), ((5, 3, 11, 7), 3), ((5, 11, 7, 3), 1)])
def test_a_wrong_channel_count(tmp_path: Path, shape: tuple[int, ...], channels: int) -> None:
    message = rf"`channels` is {channels}, but .*pets.npz, image 1 has {shape[-1]}: .* put the channels last"
    for on_bad_file in ("stop", "skip"):
        with pytest.raises(OptionError, match=message):
            read_images(pets(tmp_path, np.zeros(shape)), size=SIZE, channels=channels, on_bad_file=on_bad_file)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("", {"on_bad_file": "skp"}, r"`on_bad_file` is `skp`. Did you mean `skip`\? Allowed: skip, stop"),
        ("", {"format": "foldr"}, r"`format` is `foldr`. Did you mean `folder`\?"),
        ("", {"image": "x"}, "`image` is not an option of the format `folder`. It has none"),
        ("", {"channels": 4}, "`channels` must be 3"),
        ("a.csv", {"revision": "x"}, "`revision` is not an option of the format `csv`. Allowed: image, label"),
        (
            "a.zip",
            {},
            r"a.zip: the name does not say the format \(known: folders, .csv, .*\). Give `format`: csv, folder",
        ),
        ("cat", {}, "is not the address of a data set"),
    ],
)
def test_options_that_are_not_allowed(tmp_path: Path, name: str, options: dict[str, Any], message: str) -> None:
    (tmp_path / "a.zip").touch()
    path = "hub:cat" if name == "cat" else tmp_path / name
    with pytest.raises(OptionError, match=message):
        read_images(path, **({"size": SIZE} | options))


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="gone: there is no such file or folder"):
        read_images(tmp_path / "gone", size=SIZE)
    (tmp_path / "none.csv").write_text("image,label\n")
    with pytest.raises(DataError, match=r"none.csv: there is not one image"):
        read_images(tmp_path / "none.csv", size=SIZE)
