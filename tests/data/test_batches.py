"""Batches: every pair once, within the limits, with little padding, the same for the same seed."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.batches import Batches, collate
from saccade.errors import OptionError

LENGTHS = st.lists(st.tuples(st.integers(1, 97), st.integers(2, 89)), min_size=1, max_size=211)
LIMITS = st.one_of(
    st.tuples(st.integers(1, 31), st.none()),
    st.tuples(st.none(), st.integers(1, 997)),
    st.tuples(st.integers(1, 31), st.integers(1, 997)),
)


def like_sentences(count: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of sources and targets that go together about as in translation."""
    random = np.random.default_rng(seed)
    source = random.gamma(6.0, 2.5, count).astype(np.int32) + 3
    target = np.maximum(3, (source * random.normal(1.1, 0.2, count)).astype(np.int32))
    return source, target


@given(LENGTHS, LIMITS, st.integers(0, 7), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_every_pair_is_in_one_batch_within_the_limits(
    lengths: list[tuple[int, int]], limits: tuple[int | None, int | None], seed: int, epoch: int
) -> None:
    source, target = np.array(lengths).T
    max_pairs, max_tokens = limits
    batches = Batches(source, target, max_pairs=max_pairs, max_tokens=max_tokens, seed=seed).epoch(epoch)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert max_pairs is None or len(batch) <= max_pairs
        positions = len(batch) * (source[batch].max() + target[batch].max())
        assert max_tokens is None or positions <= max_tokens or len(batch) == 1


@given(LENGTHS, LIMITS, st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_ranks_get_equal_counts_and_share_every_pair(
    lengths: list[tuple[int, int]], limits: tuple[int | None, int | None], ranks: int
) -> None:
    source, target = np.array(lengths).T
    parts = [
        Batches(source, target, max_pairs=limits[0], max_tokens=limits[1], seed=5, rank=rank, ranks=ranks).epoch(1)
        for rank in range(ranks)
    ]
    assert len({len(part) for part in parts}) == 1
    together = np.concatenate([batch for part in parts for batch in part])
    assert set(together.tolist()) == set(range(len(lengths)))
    everything_alone = sum(len(part) for part in parts) > len(lengths)
    assert everything_alone or len(together) == len(lengths)


def test_a_pair_longer_than_the_budget_is_a_batch_of_its_own() -> None:
    batches = Batches(np.array([3, 101, 3]), np.array([2, 3, 2]), max_tokens=11, seed=1).epoch(0)
    assert sorted(sorted(batch.tolist()) for batch in batches) == [[0, 2], [1]]


def test_positions_are_pairs_times_longest_source_and_target() -> None:
    # Two pairs take 2 * (7 + 5) = 24 positions.
    lengths = np.array([7, 3]), np.array([2, 5])
    assert len(Batches(*lengths, max_tokens=24, seed=1).epoch(0)) == 1
    assert len(Batches(*lengths, max_tokens=23, seed=1).epoch(0)) == 2


def drawn(seed: int, epoch: int) -> list[list[int]]:
    return [batch.tolist() for batch in Batches(*like_sentences(997), max_pairs=13, seed=seed).epoch(epoch)]


def test_the_same_seed_and_epoch_give_the_same_batches() -> None:
    assert drawn(2, 5) == drawn(2, 5)


def test_another_epoch_or_seed_gives_other_batches_in_another_order() -> None:
    first = drawn(2, 5)
    for other in (drawn(2, 6), drawn(3, 5)):
        assert {tuple(sorted(batch)) for batch in first} != {tuple(sorted(batch)) for batch in other}
        assert [len(batch) for batch in first] != [len(batch) for batch in other] or first != other


def test_batches_come_in_no_order_of_length() -> None:
    source, target = like_sentences(2003)
    means = [source[batch].mean() for batch in Batches(source, target, max_pairs=17, seed=1).epoch(0)]
    rising = np.mean(np.diff(means) > 0)
    assert 0.35 < rising < 0.65


@pytest.mark.parametrize("limits", [{"max_pairs": 61}, {"max_tokens": 3001}], ids=str)
def test_little_is_padding(limits: dict[str, int]) -> None:
    batches = Batches(*like_sentences(20_011), seed=1, **limits)
    assert all(batches.padding(epoch).both < 0.05 for epoch in range(3))


def test_padding_is_what_the_batches_hold() -> None:
    source, target = like_sentences(499)
    batches = Batches(source, target, max_pairs=7, seed=1)
    masks = [
        collate([([4] * source[place], [4] * target[place]) for place in batch.tolist()]) for batch in batches.epoch(2)
    ]
    positions = [sum(batch.source.numel() for batch in masks), sum(batch.target.numel() for batch in masks)]
    tokens = [int(source.sum()), int(target.sum())]
    expected = (1 - tokens[0] / positions[0], 1 - tokens[1] / positions[1], 1 - sum(tokens) / sum(positions))
    assert batches.padding(2) == pytest.approx(expected)


def test_many_pairs_need_no_trying_out() -> None:
    source, target = like_sentences(300_007)
    batches = Batches(source, target, max_tokens=4001, seed=1)
    assert sum(len(batch) for batch in batches.epoch(0)) == 300_007
    assert batches.padding(0).both < 0.02


@pytest.mark.parametrize(
    ("lengths", "options", "message"),
    [
        (([3], [3]), {}, "`max_pairs` and `max_tokens` are both missing. Give one"),
        (([3], [3]), {"max_pairs": 0}, "`max_pairs` must be 1 or more, but is 0"),
        (([3], [3]), {"max_tokens": -5}, "`max_tokens` must be 1 or more, but is -5"),
        (([3, 4], [3]), {"max_pairs": 2}, r"of equal length, but have shapes \(2,\) and \(1,\)"),
        (([], []), {"max_pairs": 2}, "no pairs to make batches of"),
        (([3], [3]), {"max_pairs": 2, "rank": 3, "ranks": 3}, "`rank` must be from 0 to 2.* but is 3"),
    ],
)
def test_what_cannot_be(lengths: tuple[list[int], list[int]], options: dict[str, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Batches(np.array(lengths[0]), np.array(lengths[1]), **options)


def test_collating_pads_and_masks() -> None:
    batch = collate([([7, 2], [1, 5, 6, 2]), (np.array([4, 5, 2], dtype=np.int32), [1, 2])], pad=0)
    torch.testing.assert_close(batch.source, torch.tensor([[7, 2, 0], [4, 5, 2]]))
    torch.testing.assert_close(batch.source_mask, torch.tensor([[True, True, False], [True, True, True]]))
    torch.testing.assert_close(batch.target, torch.tensor([[1, 5, 6, 2], [1, 2, 0, 0]]))
    torch.testing.assert_close(batch.target_mask.sum(1), torch.tensor([4, 2]))
    assert batch.source.dtype == torch.int64


def test_a_batch_moves_whole() -> None:
    moved = collate([([7, 2], [1, 2])]).to("meta")
    assert {tensor.device.type for tensor in moved} == {"meta"}


def test_a_batch_of_none_is_refused() -> None:
    with pytest.raises(OptionError, match="at least one pair, but has none"):
        collate([])
