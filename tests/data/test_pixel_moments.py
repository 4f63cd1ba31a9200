"""Mean and deviation of all pixels, however many at a time."""

import numpy as np
import pytest

from saccade.data import pixel_moments as module
from saccade.data.pixel_moments import pixel_moments
from saccade.data.text_images import TextImages


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_are_those_of_all_pixels(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    pixels = np.random.default_rng(3).integers(0, 256, (7, 5, 11, 3), dtype=np.uint8)
    pixels[..., 1] = 51
    mean, std = pixel_moments(TextImages(pixels, ["a"] * 7))
    np.testing.assert_allclose(mean, (pixels / 255).mean((0, 1, 2)))
    # A channel that is the same everywhere is left as it is.
    np.testing.assert_allclose(std, np.where([False, True, False], 1.0, (pixels / 255).std((0, 1, 2))))
