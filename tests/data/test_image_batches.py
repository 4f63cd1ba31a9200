"""Batches of images: each once, the same again, equal for all ranks."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from saccade.data.augmentation import Augmentation
from saccade.data.image_batches import ImageBatch, ImageBatches, batches_in_order
from saccade.data.images import LabelledImages
from saccade.errors import OptionError

AUGMENTED = Augmentation(crop=1, flip=True, mixup=0.4)


def numbered(count: int) -> LabelledImages:
    """Images that show their own number in every pixel; so does the label."""
    pixels = np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, 5, 7, 3)).copy()
    return LabelledImages(pixels, np.arange(count), [str(number) for number in range(count)])


def assert_equal(left: ImageBatch, right: ImageBatch) -> None:
    for one, other in zip(left, right, strict=True):
        assert_close(one, other, rtol=0, atol=0)


def test_a_batch() -> None:
    batches = ImageBatches(numbered(23), max_images=11, seed=3)
    batch = batches.load(batches.epoch(0)[1])
    assert batch.images.shape == (11, 3, 5, 7)
    assert batch.images.is_contiguous(memory_format=torch.channels_last)
    assert_close(batch.images[:, 2, 4, 6].long(), batch.labels)
    assert batch.other is batch.share is None


def test_images_left_over_wait_for_the_next_epoch() -> None:
    batches = ImageBatches(numbered(23), max_images=11)
    epochs = [batches.epoch(number) for number in range(12)]
    assert [[len(key.indices) for key in epoch] for epoch in epochs] == [[11, 11]] * 12
    missing = [set(range(23)) - set(np.concatenate([key.indices for key in epoch]).tolist()) for epoch in epochs]
    assert {len(numbers) for numbers in missing} == {1}
    assert len(set.union(*missing)) > 3


def test_too_few_for_a_batch_are_one() -> None:
    batches = ImageBatches(numbered(5), max_images=11)
    assert [sorted(key.indices.tolist()) for key in batches.epoch(0)] == [[0, 1, 2, 3, 4]]


@given(count=st.integers(1, 60), max_images=st.integers(1, 13), ranks=st.integers(1, 5))
def test_ranks_share_an_epoch(count: int, max_images: int, ranks: int) -> None:
    epochs = [
        ImageBatches(numbered(count), max_images=max_images, rank=rank, ranks=ranks).epoch(2) for rank in range(ranks)
    ]
    sizes = {len(key.indices) for epoch in epochs for key in epoch}
    assert len({len(epoch) for epoch in epochs}) == 1
    assert len(epochs[0]) >= 1
    assert len(sizes) == 1
    assert max(sizes) <= max_images
    seen = np.concatenate([key.indices for epoch in epochs for key in epoch])
    if count >= ranks:
        assert len(set(seen.tolist())) == len(seen)
        assert count - len(seen) < max_images * ranks
    assert sorted(key.number for epoch in epochs for key in epoch) == list(range(len(epochs[0]) * ranks))


def test_a_batch_is_the_same_whatever_was_loaded_before() -> None:
    batches = ImageBatches(numbered(40), max_images=7, augmentation=AUGMENTED, seed=5)
    straight = [batches.load(key) for key in batches.epoch(3)]
    resumed = ImageBatches(numbered(40), max_images=7, augmentation=AUGMENTED, seed=5)
    backwards = [resumed.load(key) for key in reversed(resumed.epoch(3))]
    for one, other in zip(straight, reversed(backwards), strict=True):
        assert_equal(one, other)


def test_another_epoch_seed_or_number_is_otherwise() -> None:
    images = numbered(40)
    batches = ImageBatches(images, max_images=20, augmentation=AUGMENTED, seed=5)
    other = ImageBatches(images, max_images=20, augmentation=AUGMENTED, seed=6)
    keys = [batches.epoch(0)[0], batches.epoch(1)[0], other.epoch(0)[0]]
    assert len({tuple(key.indices.tolist()) for key in keys}) == 3
    # The same images under another number: another chance.
    key = batches.epoch(0)[0]
    shares = [batches.load(key._replace(number=number)).share for number in (0, 1)]
    assert not torch.equal(*shares)  # pyright: ignore[reportArgumentType]


def test_mixtures_come_along() -> None:
    batches = ImageBatches(numbered(17), max_images=17, augmentation=Augmentation(mixup=1.0))
    batch = batches.load(batches.epoch(0)[0])
    assert batch.other is not None
    assert batch.share is not None
    assert sorted(batch.other.tolist()) == list(range(17))
    assert batch.share.shape == (17,)
    moved = batch.to("cpu")
    assert_equal(batch, moved)
    plain = batch._replace(other=None, share=None).to("meta")
    assert plain.images.device.type == plain.labels.device.type == "meta"
    assert plain.share is None


def test_in_order() -> None:
    batches = list(batches_in_order(numbered(13), 5))
    assert [len(batch.labels) for batch in batches] == [5, 5, 3]
    assert_close(torch.cat([batch.images[:, 0, 0, 0] for batch in batches]).long(), torch.arange(13))
    assert_close(torch.cat([batch.labels for batch in batches]), torch.arange(13))


def test_options_that_are_not_allowed() -> None:
    with pytest.raises(OptionError, match="`max_images` must be 1 or more, but is 0"):
        ImageBatches(numbered(3), max_images=0)
    with pytest.raises(OptionError, match="`max_images` must be 1 or more, but is -2"):
        list(batches_in_order(numbered(3), -2))
    with pytest.raises(OptionError, match="`rank` must be from 0 to 1, since there are 2 ranks, but is 2"):
        ImageBatches(numbered(3), max_images=1, rank=2, ranks=2)
