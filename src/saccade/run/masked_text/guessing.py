"""How well a network guesses: tokens of texts are hidden, always the same ones, and its guesses are counted."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor

from saccade.data.masked_batches import MaskedBatch, collate_masked, text_batches
from saccade.data.masking import Masked, Masking, chosen_by
from saccade.data.tokenizers import Tokenizer
from saccade.metrics import Guesses
from saccade.models.masked_language_model import MaskedLanguageModel

WINDOW: Final = 1024
"""Texts that are read ahead, to find some of like length."""
MAX_TEXTS: Final = 128
MAX_TOKENS: Final = 8192
"""Positions in a batch, padding included."""
# Training counts its epochs from 1: what is hidden here is never the same by rule.
_EPOCH: Final = 0


@torch.no_grad()
def guesses_of(
    network: MaskedLanguageModel, tokenizer: Tokenizer, masking: Masking, texts: Iterable[str], seed: int
) -> Guesses:
    """Hide tokens of texts, and count what a network in evaluation mode makes of them.

    What is hidden of a text depends on the seed and on its place among the texts alone: all models that have one
    tokenizer are asked the same.

    Args:
        network: What guesses.
        tokenizer: Its own.
        masking: Chooses the tokens.
        texts: A text without a piece that the tokenizer knows has no token to guess.
        seed: Of the choice.
    """
    numbered = enumerate(texts)
    windows: list[np.ndarray] = []
    while chunk := list(itertools.islice(numbered, WINDOW)):
        ids = tokenizer.ids(text for _, text in chunk)
        rows = [
            masking(np.array(row), chosen_by(seed, _EPOCH, number)) for (number, _), row in zip(chunk, ids, strict=True)
        ]
        windows.append(_counted(network, rows))
    log_prob, right, tokens = np.concatenate([np.zeros((0, 3)), *windows]).T
    return Guesses(log_prob, right.astype(np.int64), tokens.astype(np.int64))


def in_batches(lengths: Sequence[int]) -> Iterator[np.ndarray]:
    """The places of texts that go together: of like length, long ones in small batches."""
    yield from text_batches(lengths, MAX_TEXTS, MAX_TOKENS).epoch(0)


def _counted(network: MaskedLanguageModel, rows: Sequence[Masked]) -> np.ndarray:
    """For each text: summed log-probability, right guesses and hidden tokens."""
    device = next(network.parameters()).device
    counts = np.zeros((len(rows), 3))
    for places in in_batches([len(row.ids) for row in rows]):
        batch = [rows[place] for place in places.tolist()]
        found = _of_tokens(network, collate_masked(batch).to(device)).cpu().numpy()
        of_text = np.repeat(places, [len(row.places) for row in batch])
        np.add.at(counts, of_text, found)
    return counts


def _of_tokens(network: MaskedLanguageModel, batch: MaskedBatch) -> Tensor:
    """For each hidden token: its log-probability, whether it is guessed right, and a 1."""
    logits = network.logits(batch.source, batch.source_mask, batch.places)
    # In float32 or better, also where the logits are of half precision.
    log_probs = logits.log_softmax(dim=-1, dtype=torch.promote_types(logits.dtype, torch.float32))
    of_goal = log_probs.gather(1, batch.goals[:, None])[:, 0]
    right = (log_probs.argmax(dim=-1) == batch.goals).to(of_goal.dtype)
    return torch.stack([of_goal, right, torch.ones_like(right)], dim=1)
