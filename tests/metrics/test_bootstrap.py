"""The bootstrap finds what textbook formulas say, and what two systems differ in."""

import numpy as np
import pytest

from saccade.errors import DataError, OptionError
from saccade.metrics import METRICS, Exact, Metric, compare, interval, interval_of_mean, intervals_of_means

SENTENCES = 499


def answers(right: int) -> np.ndarray:
    """Statistics of `exact` where the first `right` of 499 outputs are."""
    rows = np.ones((SENTENCES, 2), np.int64)
    rows[right:, 0] = 0
    return rows


def test_interval_of_a_share_is_the_binomial_one() -> None:
    found = interval(Exact(), answers(251), resamples=4001)
    share = 251 / SENTENCES
    half = 196 * np.sqrt(share * (1 - share) / SENTENCES)
    assert found.score == pytest.approx(100 * share)
    assert found.low == pytest.approx(100 * share - half, abs=0.5)
    assert found.high == pytest.approx(100 * share + half, abs=0.5)


def test_intervals_of_several_means_are_those_of_the_normal_law_and_of_each_alone() -> None:
    values = np.random.default_rng(3).normal((1.0, -2.0), (0.5, 3.0), (700, 2))
    found = intervals_of_means(values, resamples=4000)
    half = 1.96 * values.std(axis=0) / np.sqrt(700)
    np.testing.assert_allclose(found[:, 0], values.mean(axis=0))
    np.testing.assert_allclose(found[:, 1], values.mean(axis=0) - half, atol=0.1 * half.max())
    np.testing.assert_allclose(found[:, 2], values.mean(axis=0) + half, atol=0.1 * half.max())
    np.testing.assert_allclose(found[1], interval_of_mean(values[:, 1], resamples=4000))


def test_more_confidence_makes_it_wider() -> None:
    narrow, wide = (interval(Exact(), answers(251), confidence=level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.score < narrow.high < wide.high


def test_the_seed_decides() -> None:
    assert interval(Exact(), answers(31), seed=3) == interval(Exact(), answers(31), seed=3)
    assert interval(Exact(), answers(31), seed=3) != interval(Exact(), answers(31), seed=5)
    assert compare(Exact(), answers(31), answers(41), seed=3) == compare(Exact(), answers(31), answers(41), seed=3)


@pytest.mark.parametrize("metric", [make() for make in METRICS.values()], ids=METRICS)
def test_every_metric_can_be_resampled(metric: Metric) -> None:
    text = ["the cat sat on the mat", "where no dog sat", "one two three four five"]
    rows = metric.statistics(["the cat sat on a mat", "where no dog sat", "one two"], text)
    found = interval(metric, rows, resamples=67)
    assert found.low <= found.score <= found.high


def test_a_clear_difference_is_seen() -> None:
    found = compare(Exact(), answers(301), answers(251))
    assert found.difference == pytest.approx(100 * 50 / SENTENCES)
    assert 0 < found.low < found.difference < found.high
    assert found.p_value < 0.01
    assert found.p_value > 0


def test_the_other_way_round_is_the_mirror_image() -> None:
    there, back = (compare(Exact(), answers(a), answers(b)) for a, b in ((253, 251), (251, 253)))
    assert (back.difference, back.low, back.high) == pytest.approx((-there.difference, -there.high, -there.low))
    assert back.p_value == there.p_value


def test_equal_scores_by_other_sentences_are_no_difference() -> None:
    first, second = answers(251), answers(251)[::-1]
    found = compare(Exact(), first, second)
    assert found.difference == 0
    assert found.low < 0 < found.high
    assert found.p_value > 0.5


def test_pairing_is_what_makes_it_sharp() -> None:
    # Five sentences better and none worse: too little for two separate intervals, enough for the pairs.
    found = compare(Exact(), answers(256), answers(249))
    alone = interval(Exact(), answers(249))
    assert alone.high > 100 * 256 / SENTENCES
    assert found.low > 0
    assert found.p_value < 0.05


def test_different_sentences_are_refused() -> None:
    with pytest.raises(DataError, match=r"the first system has 499 and the second 3"):
        compare(Exact(), answers(7), answers(7)[:3])


def test_options_are_checked() -> None:
    with pytest.raises(OptionError, match=r"`resamples`.*is 0"):
        interval(Exact(), answers(7), resamples=0)
    with pytest.raises(OptionError, match=r"`confidence`.*is 95"):
        compare(Exact(), answers(7), answers(7), confidence=95.0)
