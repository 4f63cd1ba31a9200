"""Sentences fall into the right bucket, each once, and each bucket has its own score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saccade.errors import DataError, OptionError
from saccade.metrics import Exact, buckets, by_length, compare_by_length, default_edges, interval, source_lengths

EDGES = [10, 20, 30, 40, 50]


def test_lengths_in_each_unit() -> None:
    sources = ["7 mars 1987; 2001/9/9", "", " 我爱中国 "]
    assert source_lengths(sources).tolist() == [4, 0, 1]
    assert source_lengths(sources, "characters").tolist() == [21, 0, 4]
    assert source_lengths(sources, "items").tolist() == [2, 1, 1]
    assert source_lengths(["a b c"], "items", separator=" ").tolist() == [3]


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(OptionError, match=r"`word`. Did you mean `words`"):
        source_lengths(["a"], "word")


def test_buckets_by_hand() -> None:
    lengths = np.array([1, 10, 11, 50, 51, 997])
    found = [(bucket.label, bucket.rows.tolist()) for bucket in buckets(lengths, EDGES)]
    assert found == [("1–10", [0, 1]), ("11–20", [2]), ("41–50", [3]), ("51+", [4, 5])]


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=97), st.booleans())
def test_every_sentence_is_in_one_bucket(values: list[int], default: bool) -> None:
    lengths = np.array(values)
    found = buckets(lengths, None if default else EDGES)
    assert sorted(row for bucket in found for row in bucket.rows) == list(range(len(values)))
    for bucket in found:
        assert (lengths[bucket.rows] >= bucket.shortest).all()
        assert bucket.longest is None or (lengths[bucket.rows] <= bucket.longest).all()
    assert len(found) <= 11


def test_default_edges_suit_the_data() -> None:
    dates = np.repeat(np.arange(1, 9), 5)
    assert [bucket.label for bucket in buckets(dates)] == ["1", "2", "3", "4", "5", "6", "7", "8"]
    verses = np.concatenate([np.arange(1, 60), [91]])
    labels = [bucket.label for bucket in buckets(verses)]
    assert labels == ["1–10", "11–20", "21–30", "31–40", "41–50", "51+"]
    assert default_edges(np.arange(1, 23)) == (5, 10, 15, 20, 25)


def test_a_single_outlier_does_not_stretch_the_buckets() -> None:
    assert default_edges(np.array([7] * 99 + [100_000]))[0] == 2


def test_edges_must_rise() -> None:
    with pytest.raises(OptionError, match=r"must rise, but are \[20, 10\]"):
        buckets(np.array([3]), [20, 10])


def test_each_bucket_has_its_own_score() -> None:
    metric = Exact()
    rows = metric.statistics(["a", "b", "x", "d", "x"], ["a", "b", "c", "d", "e"])
    lengths = np.array([3, 5, 15, 17, 19])
    short, long = by_length(metric, rows, lengths, edges=EDGES, seed=7)
    assert (short.label, short.sentences, short.mean_length) == ("1–10", 2, 4.0)
    assert (long.label, long.sentences, long.mean_length) == ("11–20", 3, 17.0)
    assert (short.score, short.low, short.high) == (100.0, 100.0, 100.0)
    assert (long.score, long.low, long.high) == interval(metric, rows[2:], seed=7)


def test_a_growing_gap_is_seen() -> None:
    metric = Exact()
    references = ["right"] * 26
    even = metric.statistics(["right"] * 26, references)
    fading = metric.statistics(["right"] * 13 + ["wrong"] * 13, references)
    lengths = np.array([7] * 13 + [43] * 13)
    (_, short), (label, long) = compare_by_length(metric, even, fading, lengths, edges=EDGES)
    assert short.difference == 0
    assert short.p_value == 1
    assert (label, long.difference) == ("41–50", 100.0)
    assert long.p_value < 0.01


def test_lengths_must_fit() -> None:
    rows = Exact().statistics(["a"], ["a"])
    with pytest.raises(DataError, match=r"3 lengths and 1 sentences"):
        by_length(Exact(), rows, np.array([1, 2, 3]))
