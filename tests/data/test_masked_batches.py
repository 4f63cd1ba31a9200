"""Batches with hidden tokens: every text once an epoch, of like length, and a text's chance is its own."""

import numpy as np
import pytest
import torch

from saccade.data.encoded_texts import EncodedTexts, encode_texts
from saccade.data.masked_batches import MaskedBatches
from saccade.data.masking import Masking
from saccade.data.tokenizers import Tokenizer

LENGTHS = [1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
TEXTS = ["".join(chr(97 + (place + length) % 7) for place in range(length)) for length in LENGTHS]


@pytest.fixture(scope="module")
def texts() -> EncodedTexts:
    return encode_texts(TEXTS, Tokenizer.train(TEXTS, kind="char"))


@pytest.mark.parametrize("ranks", [1, 3])
def test_every_text_is_read_once_an_epoch(texts: EncodedTexts, ranks: int) -> None:
    keys = [MaskedBatches(texts, Masking(11), max_texts=2, rank=rank, ranks=ranks).epoch(1) for rank in range(ranks)]
    assert len({len(own) for own in keys}) == 1
    assert sorted(place for own in keys for key in own for place in key.indices.tolist()) == list(range(len(LENGTHS)))


def test_a_limit_of_tokens_counts_each_once(texts: EncodedTexts) -> None:
    batches = MaskedBatches(texts, Masking(11), max_tokens=48)
    sizes = [batches.load(key).source.numel() for key in batches.epoch(1)]
    assert max(sizes) <= 48
    assert max(sizes) > 24


def test_what_is_hidden_of_a_text_does_not_depend_on_its_batch(texts: EncodedTexts) -> None:
    def hidden(max_texts: int) -> dict[int, tuple[list[int], list[int]]]:
        batches = MaskedBatches(texts, Masking(11), max_texts=max_texts, seed=7)
        found = {}
        for key in batches.epoch(3):
            batch = batches.load(key)
            for row, text in enumerate(key.indices.tolist()):
                mine = torch.div(batch.places, batch.source.shape[1], rounding_mode="floor") == row
                found[text] = (batch.source[row][batch.source_mask[row]].tolist(), batch.goals[mine].tolist())
        return found

    assert hidden(1) == hidden(5)


def test_a_batch_says_where_its_goals_stand(texts: EncodedTexts) -> None:
    batches = MaskedBatches(texts, Masking(11, masked=0.0, random=0.0), max_texts=4, seed=1)
    for key in batches.epoch(1):
        batch = batches.load(key)
        # Nothing is hidden, so that the goals stand where they are read.
        assert torch.equal(batch.source.flatten()[batch.places], batch.goals)
        assert batch.source_mask.flatten()[batch.places].all()
        lengths = texts.lengths[key.indices]
        np.testing.assert_array_equal(batch.source_mask.sum(1).numpy(), lengths)
        assert torch.equal(
            batch.source.gather(1, torch.from_numpy(lengths).long()[:, None] - 1), torch.full((len(lengths), 1), 2)
        )
