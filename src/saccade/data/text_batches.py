"""Batches of texts with labels, of like lengths together."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Int, Int64
from torch import Tensor

from saccade.data.batches import padded
from saccade.data.pieces import PAD
from saccade.data.tokenizers import Encoding


class TextBatch(NamedTuple):
    """Texts as token ids, padded to the longest, with their labels; the mask is True where a token is."""

    texts: Int[Tensor, "batch key"]
    mask: Bool[Tensor, "batch key"]
    labels: Int64[Tensor, " batch"]

    def to(self, device: torch.device | str) -> "TextBatch":
        """The same batch on another device."""
        return TextBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


def without_end(encoding: Encoding) -> Encoding:
    """A text as a classifier reads it: without the token that ends it, if there is another."""
    if len(encoding.ids) == 1:
        return encoding
    return Encoding(encoding.ids[:-1], encoding.pieces[:-1], encoding.spans[:-1])


def text_batch(rows: Sequence[Sequence[int] | np.ndarray], labels: Sequence[int] | np.ndarray) -> TextBatch:
    """Texts and their labels, put together."""
    return TextBatch(*padded(rows, PAD), torch.from_numpy(np.asarray(labels, dtype=np.int64)))


def of_like_length(lengths: Sequence[int] | np.ndarray, max_rows: int, max_tokens: int) -> Iterator[list[int]]:
    """Places of texts of like length, together as long as a batch has room; short ones first.

    Example:
        >>> list(of_like_length([3, 1, 9, 2], max_rows=2, max_tokens=9))
        [[1, 3], [0], [2]]
    """
    batch: list[int] = []
    for place in np.argsort(lengths, kind="stable").tolist():
        full = len(batch) == max_rows or (len(batch) + 1) * int(lengths[place]) > max_tokens
        if batch and full:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
