"""Texts as token ids, and batches of them, of like lengths together."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, final

import numpy as np
import torch
from jaxtyping import Bool, Int, Int64
from torch import Tensor

from saccade.data.batches import padded
from saccade.data.chunks import chunked
from saccade.data.pieces import PAD
from saccade.data.tokenizers import Encoding, Tokenizer

_TEXTS_AT_ONCE = 20_000


class TextBatch(NamedTuple):
    """Texts as token ids, padded to the longest, with their labels; the mask is True where a token is."""

    texts: Int[Tensor, "batch key"]
    mask: Bool[Tensor, "batch key"]
    labels: Int64[Tensor, " batch"]

    def to(self, device: torch.device | str) -> "TextBatch":
        """The same batch on another device."""
        return TextBatch(*(tensor.to(device, non_blocking=True) for tensor in self))


@final
class EncodedTexts:
    """The token ids of many texts, in memory, four bytes a token.

    Without the token that ends a text, so that a look can fall on nothing but words; a text in which the tokenizer
    sees nothing at all keeps it.

    Example:
        >>> tokenizer = Tokenizer.train(["ab"], kind="char")
        >>> encoded = EncodedTexts(tokenizer, ["b", "ab"])
        >>> encoded.lengths.tolist(), encoded.rows([1])[0].tolist()
        ([1, 2], [4, 5])
    """

    def __init__(self, tokenizer: Tokenizer, texts: Iterable[str]) -> None:
        parts, lengths = [np.zeros(0, np.int32)], []
        for chunk in chunked(texts, _TEXTS_AT_ONCE):
            ids = [_without_end(row) for row in tokenizer.ids(chunk)]
            lengths += [len(row) for row in ids]
            parts.append(np.fromiter((token for row in ids for token in row), np.int32, sum(map(len, ids))))
        self._ids = np.concatenate(parts)
        self.lengths = np.array(lengths, dtype=np.int32)
        self._ends = np.cumsum(self.lengths, dtype=np.int64)

    def __len__(self) -> int:
        return len(self.lengths)

    def rows(self, indices: Sequence[int] | np.ndarray) -> list[np.ndarray]:
        """The ids of some texts, in the order asked for; views, not copies."""
        return [self._ids[self._ends[place] - self.lengths[place] : self._ends[place]] for place in indices]


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


def _without_end(ids: list[int]) -> list[int]:
    return ids[:-1] or ids
