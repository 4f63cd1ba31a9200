"""Augmentation: what it may give, and that it gives all of it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saccade.data.augmentation import Augmentation
from saccade.errors import OptionError


def random_images(count: int, height: int, width: int, channels: int) -> np.ndarray:
    return np.random.default_rng(3).integers(1, 256, size=(count, height, width, channels), dtype=np.uint8)


def every_view(image: np.ndarray, crop: int, flip: bool) -> dict[bytes, tuple[int, int, bool]]:
    """All that may become of an image, from the definition."""
    padded = np.pad(image, ((crop, crop), (crop, crop), (0, 0)))
    height, width, _ = image.shape
    views = {}
    for top in range(2 * crop + 1):
        for left in range(2 * crop + 1):
            view = padded[top : top + height, left : left + width]
            views[view.tobytes()] = (top, left, False)
            if flip:
                views[view[:, ::-1].tobytes()] = (top, left, True)
    return views


@given(crop=st.integers(0, 3), flip=st.booleans(), channels=st.sampled_from([1, 3]), seed=st.integers(0, 99))
def test_each_image_becomes_one_of_its_views(crop: int, flip: bool, channels: int, seed: int) -> None:
    images = random_images(7, 5, 11, channels)
    augmented = Augmentation(crop=crop, flip=flip)(images, np.random.default_rng(seed))
    assert augmented.shape == images.shape
    for before, after in zip(images, augmented, strict=True):
        assert after.tobytes() in every_view(before, crop, flip)


def test_every_view_occurs_as_often() -> None:
    image = random_images(1, 5, 7, 3)
    augmented = Augmentation(crop=1, flip=True)(np.repeat(image, 3_600, axis=0), np.random.default_rng(5))
    views = every_view(image[0], 1, flip=True)
    counts = np.unique([list(views).index(one.tobytes()) for one in augmented], return_counts=True)[1]
    assert len(counts) == 18
    assert 130 < counts.min() <= counts.max() < 270


def test_the_images_themselves_stay() -> None:
    images = random_images(3, 5, 7, 1)
    before = images.copy()
    Augmentation(crop=2, flip=True)(images, np.random.default_rng(0))
    np.testing.assert_array_equal(images, before)
    assert Augmentation()(images, np.random.default_rng(0)) is images


def test_the_same_chance_gives_the_same() -> None:
    images = random_images(13, 5, 7, 3)
    some, same, other = (
        Augmentation(crop=2, flip=True, mixup=0.3)(images, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(some, same)
    assert not np.array_equal(some, other)


def test_a_mixture_pairs_each_with_another() -> None:
    mixture = Augmentation(mixup=0.2).mixture(997, np.random.default_rng(0))
    assert mixture is not None
    other, share = mixture
    assert sorted(other.tolist()) == list(range(997))
    assert share.dtype == np.float32
    # Beta(0.2, 0.2) has the mean 1/2 and the variance 1/(4 (2 · 0.2 + 1)).
    assert 0 <= share.min() <= share.max() <= 1
    assert math.isclose(share.mean(), 0.5, abs_tol=0.05)
    assert math.isclose(share.var(), 1 / 5.6, abs_tol=0.02)
    assert Augmentation(crop=4).mixture(5, np.random.default_rng(0)) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"crop": -1}, "`crop` must be 0 or more pixels, but is -1"),
        ({"mixup": -0.5}, "`mixup` must be 0 or more, and finite, but is -0.5"),
        ({"mixup": math.inf}, "`mixup` must be 0 or more, and finite, but is inf"),
        ({"mixup": math.nan}, "`mixup` must be 0 or more, and finite, but is nan"),
    ],
)
def test_options_that_are_not_allowed(options: dict[str, float], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Augmentation(**options)  # pyright: ignore[reportArgumentType]
