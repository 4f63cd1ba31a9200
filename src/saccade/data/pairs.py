"""Pairs of texts, left on disk."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, final, overload

import pyarrow as pa

from saccade.data.chunks import chunked
from saccade.data.store import stored

Pair = tuple[str, str]

SCHEMA = pa.schema([("source", pa.large_string()), ("target", pa.large_string())])
_PAIRS_AT_ONCE = 20_000


@final
class Texts(Sequence[str]):
    """One side of the pairs, read from disk as it is asked for."""

    def __init__(self, batches: list[pa.RecordBatch], column: str) -> None:
        self._columns = [batch.column(column) for batch in batches]
        self._starts = _starts(self._columns)

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]
        chunk = bisect_right(self._starts, place) - 1
        return self._columns[chunk][place - self._starts[chunk]].as_py()

    def __iter__(self) -> Iterator[str]:
        for column in self._columns:
            for start in range(0, len(column), _PAIRS_AT_ONCE):
                yield from column.slice(start, _PAIRS_AT_ONCE).to_pylist()


@final
class Pairs(Sequence[Pair]):
    """Pairs of texts, memory-mapped: however many, they take no memory until they are read.

    Example:
        >>> pairs = Pairs.of([("我爱中国", "I love China"), ("", "")])
        >>> pairs[0], len(pairs), pairs.skipped
        (('我爱中国', 'I love China'), 1, 1)
        >>> list(pairs.target)
        ['I love China']
    """

    def __init__(self, batches: list[pa.RecordBatch], facts: dict[str, Any]) -> None:
        self.source = Texts(batches, "source")
        self.target = Texts(batches, "target")
        self.skipped: int = facts["skipped"]
        """How many pairs were left out since a side was empty."""

    @classmethod
    def of(cls, pairs: Iterable[Pair], kept: Path | None = None) -> "Pairs":
        """Write down pairs as they come; those with an empty side are left out and counted."""
        facts = {"skipped": 0}
        return cls(*stored(_batches(pairs, facts), SCHEMA, facts, kept))

    def first(self, count: int) -> "Pairs":
        """The first ones alone, at most so many."""
        return self if len(self) <= count else type(self).of(self[:count])

    def __len__(self) -> int:
        return len(self.source)

    @overload
    def __getitem__(self, index: int) -> Pair: ...
    @overload
    def __getitem__(self, index: slice) -> list[Pair]: ...
    def __getitem__(self, index: int | slice) -> Pair | list[Pair]:
        if isinstance(index, slice):
            return list(zip(self.source[index], self.target[index], strict=True))
        return self.source[index], self.target[index]

    def __iter__(self) -> Iterator[Pair]:
        return zip(self.source, self.target, strict=True)


def _starts(columns: list[pa.Array]) -> list[int]:
    starts = [0]
    for column in columns:
        starts.append(starts[-1] + len(column))
    return starts


def _batches(pairs: Iterable[Pair], facts: dict[str, int]) -> Iterator[pa.RecordBatch]:
    for chunk in chunked(pairs, _PAIRS_AT_ONCE):
        full = [(source, target) for source, target in chunk if source.strip() and target.strip()]
        facts["skipped"] += len(chunk) - len(full)
        sources, targets = zip(*full, strict=True) if full else ((), ())
        yield pa.record_batch(
            [pa.array(sources, pa.large_string()), pa.array(targets, pa.large_string())], schema=SCHEMA
        )
