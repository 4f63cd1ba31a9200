"""Batches: pairs of like lengths together, so that little is padding."""

from collections.abc import Sequence
from typing import Final, NamedTuple, final

import numpy as np
import torch
from jaxtyping import Bool, Int
from torch import Tensor

from saccade.errors import OptionError

Ids = Sequence[int] | np.ndarray

_CHUNKS: Final = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0)
# Above so many pairs any chunk pads little, and trying out takes long.
_MANY_PAIRS: Final = 300_000
_CHUNK_OF_MANY: Final = 12.0


class Batch(NamedTuple):
    """Pairs of token ids, padded to the longest; the masks are True where a token is.

    Each source ends with `end`; each target begins with `begin` and ends with `end`.
    """

    source: Int[Tensor, "batch source"]
    source_mask: Bool[Tensor, "batch source"]
    target: Int[Tensor, "batch target"]
    target_mask: Bool[Tensor, "batch target"]

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device."""
        return Batch(*(tensor.to(device, non_blocking=True) for tensor in self))


class Padding(NamedTuple):
    """The share of positions that are padding."""

    source: float
    target: float
    both: float


def collate(rows: Sequence[tuple[Ids, Ids]], pad: int = 0) -> Batch:
    """Put pairs of ids together as they are, padded to the longest on either side.

    Example:
        >>> batch = collate([([5, 2], [1, 7, 2]), ([4, 5, 2], [1, 2])])
        >>> batch.source
        tensor([[5, 2, 0],
                [4, 5, 2]])
        >>> batch.target_mask
        tensor([[ True,  True,  True],
                [ True,  True, False]])
    """
    if not rows:
        raise OptionError("A batch must have at least one pair, but has none.")
    return Batch(*padded([source for source, _ in rows], pad), *padded([target for _, target in rows], pad))


def padded(rows: Sequence[Ids], pad: int = 0) -> tuple[Int[Tensor, "batch place"], Bool[Tensor, "batch place"]]:
    """Ids of different lengths as one tensor, and where they are no padding."""
    lengths = np.fromiter((len(row) for row in rows), dtype=np.int64, count=len(rows))
    mask = np.arange(lengths.max())[None, :] < lengths[:, None]
    ids = np.full(mask.shape, pad, dtype=np.int64)
    ids[mask] = np.concatenate(rows)
    return torch.from_numpy(ids), torch.from_numpy(mask)


@final
class Batches:
    """Which pairs go together into a batch, anew for every epoch.

    Pairs are sorted by the length of the source, cut into chunks of some batches, and each chunk sorted by the length
    of the target: so both sides of a batch are of like length. Ties are broken at random, and the batches shuffled. How
    many batches make a chunk is tried out on the lengths given.

    A batch may hold `max_pairs` pairs, and `max_tokens` positions: its pairs times the sum of its longest source and
    its longest target, padding included. A pair that is longer than `max_tokens` by itself is a batch of its own: no
    pair is lost.

    Args:
        source_lengths: Tokens of each source, `end` included.
        target_lengths: Tokens of each target, `begin` and `end` included.
        max_pairs: The most pairs in a batch.
        max_tokens: The most positions in a batch, see above.
        seed: Another seed, other batches.
        rank: Which of the processes this is, from 0.
        ranks: How many processes share an epoch. All get the same number of batches: the largest are split in two until
            the count comes out even. (Only where too few can be split, some are given twice.)

    Raises:
        OptionError: Lengths of unequal count, no limit, a limit below 1, or a rank that is not among the ranks.

    Example:
        >>> batches = Batches(np.array([3, 9, 3, 9]), np.array([2, 8, 2, 8]), max_pairs=2, seed=1)
        >>> sorted(sorted(batch.tolist()) for batch in batches.epoch(0))
        [[0, 2], [1, 3]]
        >>> batches.padding(0).both
        0.0
    """

    def __init__(
        self,
        source_lengths: Ids,
        target_lengths: Ids,
        *,
        max_pairs: int | None = None,
        max_tokens: int | None = None,
        seed: int = 0,
        rank: int = 0,
        ranks: int = 1,
    ) -> None:
        self._source = np.asarray(source_lengths, dtype=np.int32)
        self._target = np.asarray(target_lengths, dtype=np.int32)
        self._max_pairs = max_pairs
        self._max_tokens = max_tokens
        self._seed = seed
        self._rank = rank
        self._ranks = ranks
        _check(self._source, self._target, max_pairs, max_tokens, rank, ranks)
        self._chunk = self._best_chunk()

    def epoch(self, number: int) -> list[np.ndarray]:
        """The batches of one epoch for this rank: the indices of the pairs in each.

        The same seed and number give the same batches, on any machine.
        """
        random = np.random.default_rng([self._seed, number])
        batches = self._drawn(random)
        shuffled = random.permutation(len(batches))
        return [batches[place] for place in shuffled[self._rank :: self._ranks]]

    def padding(self, number: int) -> Padding:
        """The share of padding in an epoch, in the source, the target, and both together; all ranks."""
        return self._padding(self._drawn(np.random.default_rng([self._seed, number])))

    def _drawn(self, random: np.random.Generator) -> list[np.ndarray]:
        """The batches of all ranks."""
        return _divisible(self._cut(self._order(random, self._chunk)), self._ranks)

    def _best_chunk(self) -> float:
        """The number of batches a chunk that pads least: it depends on how the two lengths go together."""
        if len(self._source) > _MANY_PAIRS:
            return _CHUNK_OF_MANY

        def padding(chunk: float) -> float:
            return self._padding(self._cut(self._order(np.random.default_rng(self._seed), chunk))).both

        return min(_CHUNKS, key=padding)

    def _order(self, random: np.random.Generator, chunk: float) -> np.ndarray:
        """All pairs, in the order in which batches are cut from them."""
        tie = random.permutation(len(self._source))
        by_source = np.lexsort((tie, self._source))
        chunks = self._chunks(by_source, chunk, random.random())
        # Every other chunk goes from long targets to short ones, so that a batch across two chunks has like targets.
        target = self._target[by_source] * np.where(chunks % 2 == 0, 1, -1)
        return by_source[np.lexsort((tie, target, chunks))]

    def _chunks(self, by_source: np.ndarray, chunk: float, start: float) -> np.ndarray:
        """The chunk of each pair; sources of one length are never torn apart, or a batch would pad for a few."""
        filled = np.cumsum(self._share(by_source))
        _, first, count = np.unique(self._source[by_source], return_index=True, return_counts=True)
        middle = (filled[first] + filled[first + count - 1]) / 2
        return np.repeat((middle / chunk + start).astype(np.int64), count)

    def _share(self, indices: np.ndarray) -> np.ndarray:
        """How much of a batch each pair fills."""
        share = np.full(len(indices), 1 / self._max_pairs if self._max_pairs else 0.0)
        if self._max_tokens:
            share = np.maximum(share, (self._source[indices] + self._target[indices]) / self._max_tokens)
        return share

    def _cut(self, order: np.ndarray) -> list[np.ndarray]:
        source, target = self._source[order], self._target[order]
        batches, start = [], 0
        while start < len(order):
            most = self._most(int(source[start] + target[start]))
            rows = _fitting(source[start : start + most], target[start : start + most], self._max_tokens)
            batches.append(order[start : start + rows])
            start += rows
        return batches

    def _most(self, tokens: int) -> int:
        """The most pairs that may go with a first one of so many tokens."""
        limits = [self._max_pairs] if self._max_pairs else []
        if self._max_tokens:
            limits.append(max(1, self._max_tokens // max(1, tokens)))
        return min(limits)

    def _padding(self, batches: list[np.ndarray]) -> Padding:
        starts = np.cumsum([0, *(len(batch) for batch in batches)])
        rows, indices = np.diff(starts), np.concatenate(batches)
        positions, tokens = [], []
        for lengths in (self._source[indices], self._target[indices]):
            positions.append(int((np.maximum.reduceat(lengths, starts[:-1]) * rows).sum()))
            tokens.append(int(lengths.sum(dtype=np.int64)))
        shares = [
            1 - used / all_ for used, all_ in zip([*tokens, sum(tokens)], [*positions, sum(positions)], strict=True)
        ]
        return Padding(*shares)


def _check(
    source: np.ndarray, target: np.ndarray, max_pairs: int | None, max_tokens: int | None, rank: int, ranks: int
) -> None:
    if source.shape != target.shape or source.ndim != 1:
        raise OptionError(
            f"`source_lengths` and `target_lengths` must be lists of equal length, but have shapes {source.shape} and "
            f"{target.shape}."
        )
    if len(source) == 0:
        raise OptionError("There are no pairs to make batches of. Give at least one.")
    if max_pairs is None and max_tokens is None:
        raise OptionError(
            "A batch needs a limit, but `max_pairs` and `max_tokens` are both missing. Give one, or both."
        )
    for name, limit in (("max_pairs", max_pairs), ("max_tokens", max_tokens)):
        if limit is not None and limit < 1:
            raise OptionError(f"`{name}` must be 1 or more, but is {limit}.")
    if not 0 <= rank < ranks:
        raise OptionError(f"`rank` must be from 0 to {ranks - 1}, since there are {ranks} ranks, but is {rank}.")


def _fitting(source: np.ndarray, target: np.ndarray, max_tokens: int | None) -> int:
    """How many of these pairs, from the first on, fit into a batch; at least one."""
    if max_tokens is None:
        return len(source)
    longest = np.maximum.accumulate(source).astype(np.int64) + np.maximum.accumulate(target)
    positions = longest * np.arange(1, len(longest) + 1)
    return max(1, int(np.searchsorted(positions, max_tokens, side="right")))


def _divisible(batches: list[np.ndarray], ranks: int) -> list[np.ndarray]:
    """Split the largest batches in two until every rank gets as many; nothing is lost."""
    missing = -len(batches) % ranks
    while missing:
        sizes = np.array([len(batch) for batch in batches])
        largest = int(sizes.argmax())
        if sizes[largest] == 1:
            return (batches * ranks)[: len(batches) + missing]
        half = len(batches[largest]) // 2
        batches = [*batches[:largest], batches[largest][:half], batches[largest][half:], *batches[largest + 1 :]]
        missing -= 1
    return batches
