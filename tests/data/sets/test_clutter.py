"""Shapes in clutter: what is promised of every image, and that one has to look."""

import numpy as np
import pytest

from saccade.data.images import LabelledImages
from saccade.data.sets.clutter import clutter
from saccade.data.stamps import DIGITS
from saccade.errors import OptionError


@pytest.fixture(scope="module")
def some() -> LabelledImages:
    return clutter("train", images=1_500, seed=5)


def pixels(images: LabelledImages) -> np.ndarray:
    return images.stack(range(len(images)))


def objects(image: np.ndarray) -> np.ndarray:
    """Where an image is not background: far from all its neighbours' mean tone."""
    tone = np.median(image.reshape(-1, 3), axis=0)
    return np.abs(image - tone).max(-1) > 60


def test_the_set(some: LabelledImages) -> None:
    assert some.size == (64, 64)
    assert some.channels == 3
    assert some.classes == DIGITS
    counts = np.bincount(some.labels, minlength=10)
    assert 110 < counts.min() <= counts.max() < 190
    assert some.name(6) == "clutter train, image 7"


@pytest.mark.parametrize("size", [40, 53])
def test_the_object_is_small_and_whole(size: int) -> None:
    images = clutter("test", images=100, size=size)
    boxes = images.boxes
    assert boxes is not None
    assert images.size == (size, size)
    left, top, right, bottom = boxes.T
    assert boxes.min() >= 0
    assert boxes.max() <= size
    assert ((right - left) * (bottom - top)).max() <= 0.04 * size**2
    assert (bottom - top).min() >= 0.1 * size


def test_the_object_may_be_anywhere(some: LabelledImages) -> None:
    assert some.boxes is not None
    middles = (some.boxes[:, :2] + some.boxes[:, 2:]) / 2
    cells = np.floor(middles / 16).astype(int)
    assert set(map(tuple, cells.tolist())) == {(across, down) for across in range(4) for down in range(4)}


def test_the_box_is_where_the_digit_is(some: LabelledImages) -> None:
    """The digit's own pixels end at the box: inside, each edge row and column has ink."""
    assert some.boxes is not None
    for image, box in zip(pixels(some)[:200].astype(int), some.boxes[:200].astype(int), strict=True):
        left, top, right, bottom = box
        inside = image[top:bottom, left:right]
        for line in (inside[0], inside[-1], inside[:, 0], inside[:, -1]):
            assert np.ptp(line, axis=0).max() > 8


def test_much_else_lies_around(some: LabelledImages) -> None:
    """The digit is a small part of all that is drawn, and another object has its colour."""
    assert some.boxes is not None
    for image, box in zip(pixels(some)[:200].astype(int), some.boxes[:200].astype(int), strict=True):
        left, top, right, bottom = box
        ink = objects(image)
        digit = ink[top:bottom, left:right].sum()
        assert digit < 0.3 * ink.sum()
        inside = image[top:bottom, left:right][ink[top:bottom, left:right]]
        # The colour that is farthest from the background's is that of the ink.
        tone = np.median(image.reshape(-1, 3), axis=0)
        colour = inside[np.abs(inside - tone).sum(-1).argmax()]
        alike = np.abs(image - colour).max(-1) < 40
        alike[top:bottom, left:right] = False
        assert alike.sum() > 5


def test_colours_say_nothing(some: LabelledImages) -> None:
    """A linear classifier on the histogram of colours stays at chance, one in ten."""
    test = clutter("validation", images=500, seed=5)
    rows = {}
    for name, images in (("train", some), ("test", test)):
        coarse = pixels(images).astype(int) // 32
        places = (coarse[..., 0] * 64 + coarse[..., 1] * 8 + coarse[..., 2]).reshape(len(images), -1)
        rows[name] = np.sqrt(np.stack([np.bincount(row, minlength=512) for row in places]))
    mean, spread = rows["train"].mean(0), rows["train"].std(0) + 1e-6
    train, held = ((rows[name] - mean) / spread for name in ("train", "test"))
    weights = np.linalg.solve(train.T @ train + 3_000 * np.eye(512), train.T @ np.eye(10)[some.labels])
    assert ((held @ weights).argmax(1) == test.labels).mean() < 0.16


def test_the_same_again_and_the_first_ones_always() -> None:
    few, many, other = (clutter("train", images=count, seed=seed) for count, seed in ((7, 3), (101, 3), (7, 4)))
    np.testing.assert_array_equal(pixels(few), many.stack(range(7)))
    np.testing.assert_array_equal(few.labels, many.labels[:7])
    assert not np.array_equal(pixels(few), pixels(other))
    assert len(many) == 101
    assert not np.array_equal(many.image(0), many.image(100))


def test_no_image_is_in_two_splits() -> None:
    splits = [clutter(split, images=100) for split in ("train", "validation", "test")]
    assert len({image.tobytes() for images in splits for image in pixels(images)}) == 300


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "valid"}, r"`split` is `valid`. Did you mean `validation`\?"),
        ({"images": 0}, "`images` must be 1 or more, but is 0"),
        ({"size": 39}, "`size` must be 40 or more, but is 39"),
        ({"distractors": 7}, "`distractors` must be 8 or more, but is 7"),
    ],
)
def test_options_that_are_not_allowed(options: dict, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        clutter(**({"split": "train"} | options))


def test_a_seed_is_no_less_than_0() -> None:
    with pytest.raises(OptionError, match="`seed` must be 0 or more, but is -1"):
        clutter("test", images=3, seed=-1)
