"""Texts as token ids, left on disk."""

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import final

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Int

from saccade.data.chunks import chunked
from saccade.data.encoded import lengths_of, parts_of, row_of
from saccade.data.pieces import SPECIALS
from saccade.data.store import stored
from saccade.data.tokenizers import Tokenizer

_IDS = pa.large_list(pa.int32())
_SCHEMA = pa.schema([("text", _IDS), ("known", pa.bool_())])
_TEXTS_AT_ONCE = 20_000


@final
class EncodedTexts:
    """Token ids of texts, memory-mapped; only their lengths are in memory.

    Attributes:
        lengths: How many ids each has.
        known: Whether the tokenizer knows any piece of each.

    Example:
        >>> from saccade.data.tokenizers import Tokenizer
        >>> tokenizer = Tokenizer.train(["ab", "a"], kind="char")
        >>> encoded = encode_texts(["ab", "?", "a"], tokenizer)
        >>> encoded.rows([2]), encoded.lengths, encoded.known
        ([array([4, 2], dtype=int32)], array([3, 2, 2], dtype=int32), array([ True, False,  True]))
        >>> len(encoded.only(encoded.known))
        2
    """

    def __init__(self, batches: list[pa.RecordBatch]) -> None:
        self._parts = [parts_of(batch.column("text")) for batch in batches]
        self._starts = np.cumsum([0, *(batch.num_rows for batch in batches)])
        self._places = np.arange(self._starts[-1])
        self.lengths: Int[np.ndarray, " text"] = lengths_of(self._parts)
        columns = (batch.column("known").to_numpy(zero_copy_only=False) for batch in batches)
        self.known: Bool[np.ndarray, " text"] = np.concatenate([np.zeros(0, bool), *columns])

    def __len__(self) -> int:
        return len(self.lengths)

    def only(self, kept: Bool[np.ndarray, " text"]) -> "EncodedTexts":
        """Those texts alone for which `kept` is True, in their order."""
        some = copy.copy(self)
        some._places, some.lengths, some.known = self._places[kept], self.lengths[kept], self.known[kept]
        return some

    def rows(self, indices: Sequence[int] | np.ndarray) -> list[np.ndarray]:
        """The ids of some texts, in the order asked for; views of the file, not copies."""
        places = self._places[np.asarray(indices, dtype=np.int64)]
        chunks = np.searchsorted(self._starts, places, side="right") - 1
        within = places - self._starts[chunks]
        return [
            row_of(self._parts[chunk], place) for chunk, place in zip(chunks.tolist(), within.tolist(), strict=True)
        ]


def encode_texts(texts: Iterable[str], tokenizer: Tokenizer, *, end: bool = True) -> EncodedTexts:
    """Turn texts into token ids, chunk by chunk, onto disk, to be gone with the process.

    Args:
        texts: The texts.
        tokenizer: For all of them.
        end: Whether each ends with the token that ends a text. A text in which the tokenizer sees nothing at all keeps
            it in any case.

    Raises:
        StorageError: No room, or no permission.
    """
    return EncodedTexts(stored(_batches(texts, tokenizer, end), _SCHEMA, {})[0])


def _batches(texts: Iterable[str], tokenizer: Tokenizer, end: bool) -> Iterator[pa.RecordBatch]:
    for chunk in chunked(texts, _TEXTS_AT_ONCE):
        ids = tokenizer.ids(chunk)
        known = [max(row) >= len(SPECIALS) for row in ids]
        rows = ids if end else [row[:-1] or row for row in ids]
        yield pa.record_batch([pa.array(rows, _IDS), pa.array(known)], schema=_SCHEMA)
