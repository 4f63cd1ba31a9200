"""Batches of texts with hidden tokens, chosen anew for every epoch."""

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from saccade.data.batches import Batches, padded
from saccade.data.encoded_texts import EncodedTexts
from saccade.data.image_batches import BatchKey
from saccade.data.masking import Masked, Masking, chosen_by
from saccade.data.pieces import PAD


class MaskedBatch(NamedTuple):
    """Texts with hidden tokens, padded to the longest; the mask is True where a token is.

    Attributes:
        source: What the network reads.
        source_mask: Where that is no padding.
        places: Of the chosen tokens, counted over all rows one after the other.
        goals: What they are.
    """

    source: Int[Tensor, "batch place"]
    source_mask: Bool[Tensor, "batch place"]
    places: Int[Tensor, " chosen"]
    goals: Int[Tensor, " chosen"]

    def to(self, device: torch.device | str) -> "MaskedBatch":
        """The same batch on another device."""
        return MaskedBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


def collate_masked(rows: Sequence[Masked]) -> MaskedBatch:
    """Put texts together, padded to the longest.

    Example:
        >>> rows = [Masked(np.array([9, 2]), np.array([0]), np.array([4])),
        ...         Masked(np.array([5, 9, 2]), np.array([1]), np.array([7]))]
        >>> collate_masked(rows).source
        tensor([[9, 2, 0],
                [5, 9, 2]])
        >>> collate_masked(rows).places
        tensor([0, 4])
    """
    source, mask = padded([row.ids for row in rows], PAD)
    places = np.concatenate([number * source.shape[1] + row.places for number, row in enumerate(rows)])
    goals = np.concatenate([row.goals for row in rows]).astype(np.int64)
    return MaskedBatch(source, mask, torch.from_numpy(places), torch.from_numpy(goals))


@final
class MaskedBatches:
    """Which texts go together into a batch of training, and what of them is hidden, both anew for every epoch.

    Args:
        texts: As token ids.
        masking: Chooses the tokens.
        max_texts: The most texts in a batch.
        max_tokens: The most positions in a batch, padding included.
        seed: Another seed, other batches and other choices.
        rank: Which of the processes this is, from 0.
        ranks: How many processes share an epoch. All get the same number of batches.

    Raises:
        OptionError: No limit, a limit below 1, or a rank that is not among the ranks.
    """

    def __init__(
        self,
        texts: EncodedTexts,
        masking: Masking,
        *,
        max_texts: int | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        self._texts, self._masking, self._seed = texts, masking, seed
        self._batches = text_batches(texts.lengths, max_texts, max_tokens, seed=seed, rank=rank, ranks=ranks)

    def epoch(self, number: int) -> list[BatchKey]:
        """The batches of one epoch for this rank. The same seed and number give the same batches, on any machine."""
        return [BatchKey(number, place, indices) for place, indices in enumerate(self._batches.epoch(number))]

    def load(self, key: BatchKey) -> MaskedBatch:
        """A batch of an epoch; the same key gives the same batch."""
        rows = zip(key.indices.tolist(), self._texts.rows(key.indices), strict=True)
        return collate_masked([self._masking(ids, chosen_by(self._seed, key.epoch, text)) for text, ids in rows])


def text_batches(
    lengths: Sequence[int] | np.ndarray,
    max_texts: int | None = None,
    max_tokens: int | None = None,
    *,
    seed: int = 0,
    rank: int = 0,
    ranks: int = 1,
) -> Batches:
    """Batches of texts of like length: each is a pair with itself, so that its tokens count twice."""
    both = None if max_tokens is None else 2 * max_tokens
    return Batches(lengths, lengths, max_pairs=max_texts, max_tokens=both, seed=seed, rank=rank, ranks=ranks)
