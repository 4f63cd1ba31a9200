"""Printed numbers: what is promised of every image, and that each box holds its character."""

import numpy as np
import pytest

from saccade.data.sets import TEXT_IMAGE_SETS
from saccade.data.sets.printed_numbers import printed_numbers
from saccade.data.text_images import TextImages
from saccade.errors import OptionError


@pytest.fixture(scope="module")
def some() -> TextImages:
    return printed_numbers("train", images=113, seed=5)


def boxes_of(images: TextImages) -> tuple[np.ndarray, ...]:
    assert images.boxes is not None
    return images.boxes


def test_the_set(some: TextImages) -> None:
    assert (len(some), some.size, some.channels) == (113, (32, 128), 3)
    assert some.name(6) == "printed-numbers train, image 7"
    assert max(map(len, some.texts)) <= 16
    assert len(set(some.texts)) > 100
    assert any(text.isalpha() for text in some.texts)
    assert any(text.count("-") == 2 for text in some.texts)
    assert any(text.isdigit() for text in some.texts)


@pytest.mark.parametrize("size", [(32, 128), (17, 97)])
def test_each_character_has_a_box_in_the_image(size: tuple[int, int]) -> None:
    height, width = size
    images = printed_numbers("test", images=53, height=height, width=width)
    assert images.size == size
    for text, boxes in zip(images.texts, boxes_of(images), strict=True):
        assert boxes.shape == (len(text), 4)
        left, top, right, bottom = boxes.T
        assert (left < right).all()
        assert (top < bottom).all()
        assert boxes.min() >= 0
        assert right.max() <= width
        assert bottom.max() <= height
        # The text goes on from left to right.
        assert (np.diff((left + right) / 2) > 0).all()


def test_a_box_holds_the_ink_of_its_character_and_no_other_does(some: TextImages) -> None:
    """Where boxes are, there is contrast; between the last box and the edge there is the calm ground."""
    inside, outside = [], []
    for place in range(100):
        grey = some.image(place).mean(axis=2)
        mask = np.zeros(grey.shape, bool)
        for left, top, right, bottom in boxes_of(some)[place]:
            mask[int(top) : int(np.ceil(bottom)), int(left) : int(np.ceil(right))] = True
        inside.append(grey[mask].std())
        outside.append(grey[~mask].std())
    assert np.median(inside) > 3 * np.median(outside)


def test_boxes_are_tight() -> None:
    """Along each edge of a letter's box there is ink."""
    images = printed_numbers("train", images=100, seed=2, kinds=["words"], words=["H"])
    touched = 0
    for place, [box] in enumerate(boxes_of(images)):
        image = images.image(place).astype(int)
        left, top, right, bottom = int(box[0]), int(box[1]), int(np.ceil(box[2])), int(np.ceil(box[3]))
        ground = np.median(image.reshape(-1, 3), axis=0)
        apart = np.abs(image - ground).max(axis=2)[top:bottom, left:right]
        inside = apart > 0.3 * apart.max()
        touched += sum(bool(edge.any()) for edge in (inside[:2], inside[-2:], inside[:, :2], inside[:, -2:]))
    assert touched > 0.9 * 4 * len(images)


def test_the_same_again_and_the_first_ones_always() -> None:
    few, many, other = (printed_numbers("train", images=count, seed=seed) for count, seed in ((7, 3), (31, 3), (7, 4)))
    np.testing.assert_array_equal(few.stack(range(7)), many.stack(range(7)))
    assert few.texts == many.texts[:7]
    np.testing.assert_array_equal(boxes_of(few)[6], boxes_of(many)[6])
    assert not np.array_equal(few.stack(range(7)), other.stack(range(7)))


def test_no_image_is_in_two_splits() -> None:
    splits = [printed_numbers(split, images=20) for split in ("train", "validation", "test")]
    assert len({image.tobytes() for images in splits for image in images.stack(range(20))}) == 60


def test_only_the_kinds_that_are_wished() -> None:
    assert all(text.isalpha() for text in printed_numbers("test", images=50, kinds=["words"]).texts)
    assert not any(text.isalpha() for text in printed_numbers("test", images=50, kinds=["numbers", "dates"]).texts)


def test_words_of_ones_own_are_printed_as_they_are() -> None:
    found = printed_numbers("test", images=30, kinds=["words"], words=["Größe", "Œuvre 7", "Ελλάδα"])
    assert set(found.texts) == {"Größe", "Œuvre 7", "Ελλάδα"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "valid"}, r"`split` is `valid`. Did you mean `validation`\?"),
        ({"images": 0}, "`images` must be 1 or more, but is 0"),
        ({"height": 15}, "`height` must be 16 or more, but is 15"),
        ({"width": 63}, "`width` must be 64 or more, but is 63"),
        ({"kinds": []}, "`kinds` is empty: nothing would be printed"),
        ({"kinds": ["word"]}, r"`kinds` has `word`. Did you mean `words`\?"),
        ({"words": ["我爱"]}, "`words` has '我爱', and no font here has '我'"),
        ({"words": ["͙Ɓ"]}, "no font here has all of its characters"),
        ({"words": []}, "`words` is empty"),
        ({"words": ["  "]}, "a word must have 1 to 16 characters"),
        ({"words": ["a" * 17]}, "a word must have 1 to 16 characters to be read on an image 128 pixels wide"),
        ({"words": ["a"], "kinds": ["dates"]}, "`words` is given, but `kinds` has dates only"),
    ],
)
def test_options_that_are_not_allowed(options: dict, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        TEXT_IMAGE_SETS["printed-numbers"](**({"split": "train"} | options))


def test_a_seed_is_no_less_than_0() -> None:
    with pytest.raises(OptionError, match="`seed` must be 0 or more, but is -1"):
        printed_numbers("test", images=3, seed=-1)
