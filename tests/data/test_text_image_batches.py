"""Batches of images with texts: padded, shuffled, the same again."""

import numpy as np
import pytest
import torch

from saccade.data.text_image_batches import TextImageBatches, text_batches_in_order, token_ids
from saccade.data.text_images import TextImages
from saccade.data.tokenizers import BEGIN, END, Tokenizer
from saccade.errors import OptionError

TEXTS = ["a", "abc", "cb", "b", "cccc", "ab", "ca"]


@pytest.fixture
def images() -> TextImages:
    pixels = np.arange(7, dtype=np.uint8)[:, None, None, None] * np.ones((7, 5, 11, 3), np.uint8)
    return TextImages(pixels, TEXTS)


@pytest.fixture
def tokenizer() -> Tokenizer:
    return Tokenizer.train(TEXTS, kind="char")


def test_each_image_is_with_its_own_text(images: TextImages, tokenizer: Tokenizer) -> None:
    ids = token_ids(TEXTS, tokenizer)
    batches = TextImageBatches(images, ids, max_images=3, seed=5)
    for key in batches.epoch(2):
        batch = batches.load(key)
        assert batch.images.shape == (3, 3, 5, 11)
        assert batch.images.is_contiguous(memory_format=torch.channels_last)
        assert batch.source is batch.images
        assert batch.source_mask is None
        for image, target, mask in zip(batch.images, batch.target, batch.target_mask, strict=True):
            real = target[mask].tolist()
            assert (real[0], real[-1]) == (BEGIN, END)
            assert tokenizer.decode(real) == TEXTS[int(image[0, 0, 0])]


def test_an_epoch_is_the_same_again_and_no_other(images: TextImages, tokenizer: Tokenizer) -> None:
    batches = TextImageBatches(images, token_ids(TEXTS, tokenizer), max_images=2, seed=5)
    epochs = [[key.indices.tolist() for key in batches.epoch(number)] for number in (0, 0, 1)]
    assert epochs[0] == epochs[1] != epochs[2]
    assert len({index for batch in epochs[0] for index in batch}) == 6


def test_the_longest_texts_wait_no_more_than_others() -> None:
    """33 of 43 are seen in an epoch: over many each as often, whatever its length."""
    lengths = list(range(1, 44))
    images = TextImages(np.zeros((43, 3, 3, 1), np.uint8), ["a" * length for length in lengths])
    batches = TextImageBatches(images, [[1] * length for length in lengths], max_images=33)
    seen = np.bincount([index for epoch in range(200) for key in batches.epoch(epoch) for index in key.indices])
    assert seen.sum() == 200 * 33
    assert 120 < seen.min() < seen.max() < 185


def test_texts_of_like_length_are_together_in_an_order_that_says_nothing_of_it() -> None:
    lengths = np.random.default_rng(3).integers(1, 17, 320)
    images = TextImages(np.zeros((320, 3, 3, 1), np.uint8), ["a" * length for length in lengths])
    batches = TextImageBatches(images, [[1] * length for length in lengths], max_images=10)
    keys = batches.epoch(0)
    assert sorted(index for key in keys for index in key.indices.tolist()) == list(range(320))
    longest = [lengths[key.indices].max() for key in keys]
    real = sum(lengths) / sum(10 * length for length in longest)
    assert real > 0.8
    assert longest != sorted(longest)
    ranks = [TextImageBatches(images, [[1] * n for n in lengths], max_images=10, rank=r, ranks=2) for r in (0, 1)]
    shares = [[tuple(key.indices) for key in one.epoch(0)] for one in ranks]
    assert len(shares[0]) == len(shares[1]) == 16
    assert {*shares[0], *shares[1]} == {tuple(key.indices) for key in keys}


def test_in_order_none_is_left_out(images: TextImages, tokenizer: Tokenizer) -> None:
    batches = list(text_batches_in_order(images, token_ids(TEXTS, tokenizer), 3))
    assert [len(batch.images) for batch in batches] == [3, 3, 1]
    assert [int(image[0, 0, 0]) for batch in batches for image in batch.images] == list(range(7))
    assert batches[0].to("cpu").target.shape == (3, 5)


def test_what_does_not_go_together(images: TextImages) -> None:
    with pytest.raises(OptionError, match="There are 7 images, but 1 `ids`"):
        TextImageBatches(images, [[1, 2]], max_images=3)
    with pytest.raises(OptionError, match="`max_images` must be 1 or more, but is 0"):
        TextImageBatches(images, [[1, 2]] * 7, max_images=0)
