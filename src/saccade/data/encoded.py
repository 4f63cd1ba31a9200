"""Pairs as token ids, left on disk."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np
import pyarrow as pa

from saccade.data.pairs import Pairs
from saccade.data.pieces import BEGIN
from saccade.data.store import opened, stored
from saccade.data.tokenizers import Tokenizer
from saccade.errors import DataError

_IDS = pa.large_list(pa.int32())
_SCHEMA = pa.schema([("source", _IDS), ("target", _IDS)])
_PAIRS_AT_ONCE = 20_000


@final
class EncodedPairs:
    """Token ids of pairs, memory-mapped; only their lengths are in memory.

    A source ends with `end`; a target begins with `begin` and ends with `end`. `source_lengths` and `target_lengths`
    count these, as `Batches` needs it.

    Example:
        >>> from saccade.data.tokenizers import Tokenizer
        >>> pairs = Pairs.of([("ab", "b"), ("a", "ab")])
        >>> tokenizer = Tokenizer.train(pairs.source, kind="char")
        >>> encoded = encode_pairs(pairs, tokenizer, tokenizer)
        >>> encoded.rows([1])
        [(array([4, 2], dtype=int32), array([1, 4, 5, 2], dtype=int32))]
        >>> encoded.source_lengths
        array([3, 2], dtype=int32)
    """

    def __init__(self, batches: list[pa.RecordBatch], facts: dict[str, Any]) -> None:
        self._sources = [parts_of(batch.column("source")) for batch in batches]
        self._targets = [parts_of(batch.column("target")) for batch in batches]
        self._starts = np.cumsum([0, *(batch.num_rows for batch in batches)])
        self.source_lengths = lengths_of(self._sources)
        self.target_lengths = lengths_of(self._targets)
        self.too_long: int = facts["too_long"]
        """How many pairs were left out since a side has more tokens than allowed."""

    def __len__(self) -> int:
        return len(self.source_lengths)

    def rows(self, indices: Sequence[int] | np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        """The ids of some pairs, in the order asked for; views of the file, not copies."""
        places = np.asarray(indices)
        chunks = np.searchsorted(self._starts, places, side="right") - 1
        within = places - self._starts[chunks]
        return [
            (row_of(self._sources[chunk], place), row_of(self._targets[chunk], place))
            for chunk, place in zip(chunks.tolist(), within.tolist(), strict=True)
        ]


def encode_pairs(
    pairs: Pairs,
    source_tokenizer: Tokenizer,
    target_tokenizer: Tokenizer,
    max_tokens_per_side: int | None = None,
    cache_dir: str | Path | None = None,
) -> EncodedPairs:
    """Turn pairs into token ids, chunk by chunk, onto disk.

    Args:
        pairs: The texts.
        source_tokenizer: For the sources.
        target_tokenizer: For the targets; may be the same.
        max_tokens_per_side: A pair with more tokens on a side, `begin` and `end` not counted, is left out and counted.
        cache_dir: The folder to keep the ids in, to be found there the next time the same texts are encoded in the same
            way. Without it they are in a temporary file that goes with the process.

    Raises:
        DataError: Every pair is too long.
        StorageError: No room, or no permission.
    """
    facts = {"too_long": 0}
    batches = _batches(pairs, source_tokenizer, target_tokenizer, max_tokens_per_side, facts)
    kept = None
    if cache_dir is not None:
        kept = Path(cache_dir) / f"{_fingerprint(pairs, source_tokenizer, target_tokenizer, max_tokens_per_side)}.arrow"
    encoded = EncodedPairs(*(opened(kept) if kept and kept.exists() else stored(batches, _SCHEMA, facts, kept)))
    if not len(encoded) and len(pairs):
        raise DataError(
            f"All {len(pairs):,} pairs have a side of more than {max_tokens_per_side} tokens, so none is left. "
            "Raise `max_tokens_per_side`."
        )
    return encoded


def _batches(
    pairs: Pairs, source_tokenizer: Tokenizer, target_tokenizer: Tokenizer, limit: int | None, facts: dict[str, int]
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        texts = pairs[start : start + _PAIRS_AT_ONCE]
        sources = source_tokenizer.ids(source for source, _ in texts)
        targets = target_tokenizer.ids(target for _, target in texts)
        kept = [
            (source, [BEGIN, *target])
            for source, target in zip(sources, targets, strict=True)
            # Both still have their `end`.
            if limit is None or max(len(source), len(target)) <= limit + 1
        ]
        facts["too_long"] += len(texts) - len(kept)
        columns = [pa.array([row[side] for row in kept], _IDS) for side in (0, 1)]
        yield pa.record_batch(columns, schema=_SCHEMA)


def _fingerprint(pairs: Pairs, source_tokenizer: Tokenizer, target_tokenizer: Tokenizer, limit: int | None) -> str:
    """A name for these texts encoded in this way: the content counts, not where it came from."""
    content = hashlib.blake2b(digest_size=16)
    for part in (source_tokenizer.to_json(), target_tokenizer.to_json(), limit):
        content.update(json.dumps(part, sort_keys=True).encode())
    for source, target in pairs:
        content.update(f"{len(source)} {len(target)} {source}{target}".encode())
    return content.hexdigest()


def parts_of(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """All ids of a column, and where each row of it begins: both as they lie in the file."""
    return column.values.to_numpy(), column.offsets.to_numpy()


def row_of(parts: tuple[np.ndarray, np.ndarray], place: int) -> np.ndarray:
    """The ids of one row: a view of the file."""
    ids, starts = parts
    return ids[starts[place] : starts[place + 1]]


def lengths_of(columns: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """How many ids each row of some columns has."""
    return np.concatenate([np.zeros(0, np.int32), *(np.diff(starts).astype(np.int32) for _, starts in columns)])
