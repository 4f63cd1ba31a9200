"""Bringing an image to a size: proportions, the middle, the colour around."""

import numpy as np
import pytest
from PIL import Image

from saccade.data.fit import FITS, cropped, fit_boxes, padded, squeezed


def marked(width: int, height: int) -> Image.Image:
    """Dark, with a white square of 8 × 8 in the middle."""
    image = Image.new("L", (width, height), 40)
    image.paste(255, ((width - 8) // 2, (height - 8) // 2, (width + 8) // 2, (height + 8) // 2))
    return image


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [(1, 1), (5, 7), (33, 31), (64, 2), (1, 100)])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_any_size_becomes_any_other(fit: str, size: tuple[int, int], mode: str) -> None:
    for width, height in ((1, 1), (7, 5), (40, 40), (1, 90)):
        image = FITS[fit](Image.new(mode, size, "white"), width, height)
        assert (image.size, image.mode) == ((width, height), mode)
        assert np.asarray(image).min() == 255


def test_padded_keeps_all_and_the_proportions() -> None:
    image = np.asarray(padded(marked(40, 20), 20, 20))
    white = np.argwhere(image > 147)
    assert white.min(0).tolist() == [8, 8]
    assert white.max(0).tolist() == [11, 11]
    assert set(image[:5].flat) == {40}


def test_the_colour_around_is_that_of_the_edge() -> None:
    image = Image.new("RGB", (20, 10), (10, 200, 30))
    image.paste((0, 0, 0), (5, 3, 15, 7))
    np.testing.assert_array_equal(np.asarray(padded(image, 20, 20))[0, 0], [10, 200, 30])


def test_cropped_keeps_the_proportions_and_the_middle() -> None:
    image = np.asarray(cropped(marked(40, 20), 20, 20))
    white = np.argwhere(image > 147)
    assert white.min(0).tolist() == [6, 6]
    assert white.max(0).tolist() == [13, 13]


def test_a_line_is_cut_out_before_it_is_enlarged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enlarged as a whole, 20,000 pixels beside each other would become gigabytes."""
    made: list[int] = []
    resize = Image.Image.resize

    def counting(image: Image.Image, size: tuple[int, int], *rest: object, **options: object) -> Image.Image:
        made.append(size[0] * size[1])
        return resize(image, size, *rest, **options)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Image.Image, "resize", counting)
    assert cropped(Image.new("RGB", (20_000, 1), "white"), 224, 224).size == (224, 224)
    assert made == [224 * 224]


def test_squeezed_keeps_all() -> None:
    image = np.asarray(squeezed(marked(40, 20), 20, 20))
    white = np.argwhere(image > 147)
    assert (np.ptp(white, axis=0) + 1).tolist() == [8, 4]


def test_the_right_size_stays_as_it_is() -> None:
    image = marked(13, 11)
    assert all(np.array_equal(np.asarray(fit(image, 13, 11)), np.asarray(image)) for fit in FITS.values())


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [(40, 20), (20, 50), (61, 37)])
def test_boxes_go_with_what_they_hold(fit: str, size: tuple[int, int]) -> None:
    image = marked(*size)
    middle = (size[0] - 8) // 2, (size[1] - 8) // 2
    box = np.array([[*middle, middle[0] + 8, middle[1] + 8]], np.float32)
    [[left, top, right, bottom]] = fit_boxes(box, size, 32, 24, fit)
    white = np.argwhere(np.asarray(FITS[fit](image, 32, 24)) > 147)
    np.testing.assert_allclose([top, left], white.min(0), atol=1)
    np.testing.assert_allclose([bottom, right], white.max(0) + 1, atol=1)
