"""Texts as token ids, left on disk."""

from collections.abc import Iterator, Sequence
from typing import Any, final

import numpy as np
import pyarrow as pa

from saccade.data.encoded import lengths_of, parts_of, row_of
from saccade.data.pieces import SPECIALS
from saccade.data.store import stored
from saccade.data.tokenizers import Tokenizer
from saccade.errors import DataError

_IDS = pa.large_list(pa.int32())
_SCHEMA = pa.schema([("text", _IDS)])
_TEXTS_AT_ONCE = 20_000


@final
class EncodedTexts:
    """Token ids of texts, memory-mapped; only their lengths are in memory. Each ends with `end`.

    Example:
        >>> from saccade.data.tokenizers import Tokenizer
        >>> tokenizer = Tokenizer.train(["ab", "a"], kind="char")
        >>> encoded = encode_texts(["ab", "?", "a"], tokenizer)
        >>> encoded.rows([1]), encoded.lengths, encoded.unknown
        ([array([4, 2], dtype=int32)], array([3, 2], dtype=int32), 1)
    """

    def __init__(self, batches: list[pa.RecordBatch], facts: dict[str, Any]) -> None:
        self._parts = [parts_of(batch.column("text")) for batch in batches]
        self._starts = np.cumsum([0, *(batch.num_rows for batch in batches)])
        self.lengths = lengths_of(self._parts)
        self.too_long: int = facts["too_long"]
        """How many texts were left out since they have more tokens than allowed."""
        self.unknown: int = facts["unknown"]
        """How many were left out since the tokenizer knows no piece of them."""

    def __len__(self) -> int:
        return len(self.lengths)

    def rows(self, indices: Sequence[int] | np.ndarray) -> list[np.ndarray]:
        """The ids of some texts, in the order asked for; views of the file, not copies."""
        places = np.asarray(indices)
        chunks = np.searchsorted(self._starts, places, side="right") - 1
        within = places - self._starts[chunks]
        return [
            row_of(self._parts[chunk], place) for chunk, place in zip(chunks.tolist(), within.tolist(), strict=True)
        ]


def encode_texts(texts: Sequence[str], tokenizer: Tokenizer, max_tokens: int | None = None) -> EncodedTexts:
    """Turn texts into token ids, chunk by chunk, onto disk, to be gone with the process.

    Args:
        texts: The texts.
        tokenizer: For all of them.
        max_tokens: A text with more tokens, `end` not counted, is left out and counted.

    Raises:
        DataError: No text is left.
        StorageError: No room, or no permission.
    """
    facts = {"too_long": 0, "unknown": 0}
    encoded = EncodedTexts(*stored(_batches(texts, tokenizer, max_tokens, facts), _SCHEMA, facts))
    if not len(encoded):
        raise DataError(
            f"None of the {len(texts):,} texts is left: {encoded.too_long:,} have more than {max_tokens} tokens, and "
            f"{encoded.unknown:,} have none that the tokenizer knows. Raise `max_tokens`, or look at the file."
        )
    return encoded


def _batches(
    texts: Sequence[str], tokenizer: Tokenizer, limit: int | None, facts: dict[str, int]
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        ids = tokenizer.ids(texts[start : start + _TEXTS_AT_ONCE])
        # They still have their `end`.
        short = [row for row in ids if limit is None or len(row) <= limit + 1]
        kept = [row for row in short if max(row) >= len(SPECIALS)]
        facts["too_long"] += len(ids) - len(short)
        facts["unknown"] += len(short) - len(kept)
        yield pa.record_batch([pa.array(kept, _IDS)], schema=_SCHEMA)
