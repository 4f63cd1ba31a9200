"""Reading an image: every way it may have been written, and every way it may be wrong."""

import contextlib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.data.picture_files import animated, bomb_png, colours, deep_png, turned, written

from saccade.data.read_image import FORMATS, read_image
from saccade.errors import DataError, MissingError, OptionError

# How the shown picture comes from the stored one, from the EXIF standard: what its first row and first column are.
SHOWN = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: stored[::-1].swapaxes(0, 1),
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: stored.swapaxes(0, 1)[::-1],
}
GREY = colours()[..., 0]
# Of RGB, by ITU-R 601.
LUMA = np.array([0.299, 0.587, 0.114])


@pytest.mark.parametrize("orientation", SHOWN)
def test_orientation(orientation: int) -> None:
    stored = colours()
    np.testing.assert_array_equal(read_image(turned(stored, orientation)), SHOWN[orientation](stored))


@pytest.mark.parametrize("format", ["JPEG", "TIFF", "WEBP"])
def test_orientation_in_other_formats(format: str) -> None:
    smooth = np.zeros((32, 16, 3), np.uint8)
    smooth[:8] = 255  # white above
    shown = read_image(turned(smooth, 6, format)).astype(int)
    assert shown.shape == (16, 32, 3)
    assert shown[:, -7:].min() > 200 > 50 > shown[:, :-9].max()  # white at the right


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_is_none(orientation: int) -> None:
    np.testing.assert_array_equal(read_image(turned(colours(), orientation)), colours())


def test_notes_that_are_damaged_do_not_matter() -> None:
    content = written(colours(), exif=b"Exif\0\0MM\0*\0\0\xff\xff no notes")
    np.testing.assert_array_equal(read_image(content), colours())


def test_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a picture"
    path.write_bytes(written(colours()))
    np.testing.assert_array_equal(read_image(path), colours())
    np.testing.assert_array_equal(read_image(str(path)), colours())


@pytest.mark.parametrize("format", ["PNG", "TIFF", "BMP", "JPEG2000"])
def test_grey(format: str) -> None:
    options = {"irreversible": False} if format == "JPEG2000" else {}
    content = written(GREY, format, **options)
    np.testing.assert_array_equal(read_image(content), np.repeat(GREY[..., None], 3, axis=-1))
    np.testing.assert_array_equal(read_image(content, channels=1), GREY[..., None])


def test_colours_as_grey() -> None:
    grey = read_image(written(colours()), channels=1)
    np.testing.assert_allclose(grey[..., 0], colours() @ LUMA, atol=1)


def test_black_and_white() -> None:
    bits = colours()[..., 0] > 127
    np.testing.assert_array_equal(read_image(written(Image.fromarray(bits)), channels=1)[..., 0], bits * 255)


def test_a_palette() -> None:
    places = np.arange(77, dtype=np.uint8).reshape(11, 7)
    image = Image.fromarray(places, "L").convert("P")
    inks = np.random.default_rng(1).integers(0, 256, size=(256, 3), dtype=np.uint8)
    image.putpalette(inks.tobytes())
    np.testing.assert_array_equal(read_image(written(image)), inks[places])
    np.testing.assert_array_equal(read_image(written(image, "GIF")), inks[places])
    np.testing.assert_allclose(read_image(written(image), channels=1)[..., 0], inks[places] @ LUMA, atol=1)


def test_a_palette_with_a_transparent_colour() -> None:
    image = Image.new("P", (7, 11), 1)
    image.putpalette([0, 0, 0, 200, 30, 60])
    image.paste(0, (0, 0, 3, 11))
    for options in ({"transparency": 0}, {"transparency": bytes([0, 255])}):
        read = read_image(written(image, **options))
        assert (read[:, :3] == 255).all()
        assert (read[:, 3:] == [200, 30, 60]).all()


def test_what_is_transparent_lies_on_white() -> None:
    cover = np.tile(np.linspace(0, 255, 7).round().astype(np.uint8), (11, 1))
    share = cover[..., None] / 255
    content = written(np.dstack([colours(), cover]))
    np.testing.assert_allclose(read_image(content), colours() * share + 255 * (1 - share), atol=1)
    content = written(Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(cover)]))
    expected = GREY[..., None] * share + 255 * (1 - share)
    np.testing.assert_allclose(read_image(content, channels=1), expected, atol=1)


def test_sixteen_bits() -> None:
    deep = np.arange(77, dtype=np.uint16).reshape(11, 7) * 862  # up to 65,512
    expected = deep / 257
    for content in (written(deep), written(deep, "TIFF"), deep_png(deep)):
        np.testing.assert_allclose(read_image(content, channels=1)[..., 0], expected, atol=0.51)
        np.testing.assert_allclose(read_image(content)[..., 2], expected, atol=0.51)
    three = np.dstack([deep, deep[::-1], deep[:, ::-1]])
    np.testing.assert_allclose(read_image(deep_png(three)), three / 257, atol=1)


def test_what_is_dark_in_sixteen_bits_stays_dark() -> None:
    deep = np.full((11, 7), 255, np.uint16)
    for content in (written(deep), written(deep, "TIFF"), written(deep, "PPM"), deep_png(deep)):
        assert set(read_image(content).flat) == {1}


def test_floats() -> None:
    values = np.linspace(0, 1, 77, dtype=np.float32).reshape(11, 7)
    np.testing.assert_allclose(read_image(written(values, "TIFF"), channels=1)[..., 0], values * 255, atol=0.51)
    values[3, 5] = np.nan
    with pytest.raises(DataError, match=r"scan.tif: 1 of 77 pixels are NaN or infinite"):
        read_image(written(values, "TIFF"), name="scan.tif")


@pytest.mark.parametrize("format", ["JPEG", "TIFF"])
@pytest.mark.parametrize("channels", [1, 3])
def test_cmyk(format: str, channels: int) -> None:
    red = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    shown = read_image(written(red, format), channels=channels).astype(int).mean((0, 1))
    np.testing.assert_allclose(shown, [254, 0, 0] if channels == 3 else [76], atol=3)


def test_a_photograph_of_a_phone_with_others_beside_it() -> None:
    pictures = [Image.new("RGB", (16, 16), ink) for ink in ((200, 30, 60), (0, 0, 0))]
    content = written(pictures[0], "MPO", save_all=True, append_images=pictures[1:])
    np.testing.assert_allclose(read_image(content)[3, 5], [200, 30, 60], atol=3)


def test_a_large_jpeg_is_unpacked_small() -> None:
    # Whichever way it goes, the picture is the same.
    smooth = Image.linear_gradient("L").resize((640, 480))
    small = read_image(written(smooth, "JPEG"), size=(30, 40), channels=1).astype(int)
    np.testing.assert_allclose(small[..., 0], np.asarray(smooth.resize((40, 30)), dtype=int), atol=3)


def test_sizes() -> None:
    content = written(colours(22, 14))
    assert read_image(content).shape == (22, 14, 3)
    assert read_image(content, size=5).shape == (5, 5, 3)
    for fit in ("pad", "crop", "squeeze"):
        assert read_image(content, size=(13, 17), fit=fit, channels=1).shape == (13, 17, 1)
    np.testing.assert_array_equal(read_image(content, size=(22, 14)), colours(22, 14))


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "JPEG2000", "PPM"])
@pytest.mark.parametrize("left", [0.05, 0.5, 0.9])
def test_a_file_that_is_cut_off(format: str, left: float) -> None:
    content = written(colours(40, 30), format)
    assert read_image(content).shape == (40, 30, 3)
    with pytest.raises(DataError, match=r"dogs/7.img (is damaged or cut off|is not an image, or its head is damaged)"):
        read_image(content[: int(len(content) * left)], name="dogs/7.img")


@pytest.mark.parametrize("format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_several_frames(format: str) -> None:
    with pytest.raises(DataError, match=r"a.gif has 3 frames or pages. Save the one that is meant"):
        read_image(animated(format), name="a.gif")
    assert read_image(animated(format, frames=1)).shape == (11, 7, 3)


def test_files_that_are_no_images(tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    with pytest.raises(MissingError, match=r"cat.png: there is no such file"):
        read_image(path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"cat.png is empty"):
        read_image(path)
    path.write_text("a cat")
    with pytest.raises(DataError, match=r"cat.png is not an image, or its head is damaged. Formats .*JPEG.*PNG"):
        read_image(path)
    with pytest.raises(DataError, match=r"cannot be read \(Is a directory\)"):
        read_image(tmp_path)
    # What Pillow would run another program for is no image either.
    with pytest.raises(DataError, match="is not an image"):
        read_image(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 5 7\n", name="a.eps")


def test_a_bomb_is_not_unpacked() -> None:
    message = r"small.png has 60,000 × 60,000 pixels, but `max_pixels` is 100,000,000. Make it smaller"
    with pytest.raises(DataError, match=message):
        read_image(bomb_png(60_000), name="small.png")
    with pytest.raises(DataError, match=r"has 7 × 11 pixels, but `max_pixels` is 76"):
        read_image(written(colours()), max_pixels=76)
    assert read_image(written(colours()), max_pixels=77).shape == (11, 7, 3)


def test_a_limit_above_that_of_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5)
    assert read_image(written(colours())).shape == (11, 7, 3)
    assert Image.MAX_IMAGE_PIXELS == 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"channels": 2}, r"`channels` must be 3 \(colours\) or 1 \(grey\), but is 2"),
        ({"size": 0}, "`size` must be 1 or more, but is 0"),
        ({"size": (5, -7)}, r"`size` must be 1 or more, but is \(5, -7\)"),
        ({"fit": "padd"}, r"`fit` is `padd`. Did you mean `pad`\? Allowed: crop, pad, squeeze"),
        ({"max_pixels": 0}, "`max_pixels` must be 1 or more, but is 0"),
    ],
)
def test_options_that_are_not_allowed(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        read_image(b"", **options)


@given(data=st.data(), format=st.sampled_from(["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "JPEG2000"]))
def test_a_damaged_file_is_an_image_or_a_data_error(data: st.DataObject, format: str) -> None:
    assert format in FORMATS
    content = bytearray(written(colours(), format))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with warnings.catch_warnings(), contextlib.suppress(DataError):
        warnings.simplefilter("ignore")  # Pillow's, about odd notes
        read = read_image(bytes(content), size=8, max_pixels=100_000)
        assert read.shape == (8, 8, 3)
