"""Curves of erasing have the known answers of hand-made linear models."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saccade.errors import DataError, OptionError
from saccade.maps.erasing import STEPS, Answer, curves, curves_of, occlusion, rank_correlation


def linear(*shares: float) -> Answer:
    """A model that adds up a share of each item it sees."""
    return lambda seen: seen @ np.array(shares)


def test_a_faithful_map_has_the_curves_of_its_weights() -> None:
    # Ten items, of which the one at place i holds (i + 1) / 55: erased from the last one on.
    shares = np.arange(1, 11) / 55
    found = curves(shares, linear(*shares))
    left = 1 - np.concatenate([[0], np.cumsum(shares[::-1])])
    np.testing.assert_allclose(found.deletion, left)
    np.testing.assert_allclose(found.insertion, 1 - left)
    assert found.comprehensiveness == pytest.approx(np.mean(1 - left[1:-1]))
    assert found.sufficiency == pytest.approx(np.mean(left[1:-1]))
    assert found.deletion_area == pytest.approx((left[0] / 2 + left[1:-1].sum() + left[-1] / 2) / STEPS)
    assert found.insertion_area == pytest.approx(1 - found.deletion_area)


def test_the_worst_map_is_the_best_one_upside_down() -> None:
    shares = np.array([0.5, 0.3, 0.15, 0.05])
    best, worst = curves_of([shares, -shares], linear(*shares))
    np.testing.assert_allclose(best.deletion, worst.insertion[::-1])
    assert best.comprehensiveness > worst.comprehensiveness
    assert best.sufficiency < worst.sufficiency


def test_one_item_is_there_or_not() -> None:
    found = curves(np.array([0.3]), linear(0.8))
    np.testing.assert_allclose(found.deletion, np.linspace(0.8, 0, STEPS + 1))
    assert found.deletion_area == pytest.approx(0.4)


def test_many_items_go_in_even_shares() -> None:
    asked: list[np.ndarray] = []

    def answer(seen: np.ndarray) -> np.ndarray:
        asked.append(seen)
        return seen.mean(axis=1)

    found = curves(np.arange(37.0), answer)
    [rows] = asked
    counts = [37, 33, 30, 26, 22, 19, 15, 11, 7, 4, 0]
    # All and nothing are asked once, though a curve begins and another one ends with them.
    assert rows.shape == (2 * (STEPS + 1) - 2, 37)
    assert {tuple(row) for row in rows.tolist()} == {
        *(tuple(place < count for place in range(37)) for count in counts),
        *(tuple(place >= count for place in range(37)) for count in counts),
    }
    # The mean of what is seen falls evenly, whatever the number of items.
    np.testing.assert_allclose(found.deletion, np.linspace(1, 0, STEPS + 1))
    np.testing.assert_allclose(found.insertion, np.linspace(0, 1, STEPS + 1))
    assert found.deletion_area == pytest.approx(0.5)


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=23), st.integers(0, 99))
def test_only_the_order_of_the_weights_counts(weights: list[float], seed: int) -> None:
    values = np.array(weights)
    answer = linear(*np.random.default_rng(seed).random(len(values)))
    ranks = np.unique(values, return_inverse=True)[1].astype(float)
    np.testing.assert_array_equal(curves(values, answer), curves(ranks, answer))


def test_equal_weights_go_in_their_order() -> None:
    found = curves(np.ones(2), linear(1.0, 0.0))
    np.testing.assert_allclose(found.deletion, [1, 0.8, 0.6, 0.4, 0.2, 0, 0, 0, 0, 0, 0], atol=1e-12)


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(DataError, match="must weigh at least one item"):
        curves(np.array([]), linear())
    with pytest.raises(DataError, match="by finite numbers"):
        curves(np.array([0.5, math.nan]), linear(0.5, 0.5))
    with pytest.raises(DataError, match=r"one finite probability for each of the 4 rows .* is of shape \(1,\)"):
        curves(np.array([0.5, 0.4]), lambda seen: seen[:1, 0].astype(float))
    with pytest.raises(OptionError, match="`items` must be at least 1, but is 0"):
        occlusion(0, linear())


def test_occlusion_gives_back_the_shares_of_a_linear_model() -> None:
    shares = np.array([0.1, 0.0, -0.2, 0.4])
    np.testing.assert_allclose(occlusion(4, linear(*shares)), shares)


@pytest.mark.parametrize(
    ("first", "second", "rho"),
    [
        ([1, 2, 3, 4], [10, 20, 30, 40], 1.0),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        # By hand, with shared ranks: (1, 2.5, 2.5, 4) against (1, 2, 3, 4).
        ([1, 2, 2, 3], [1, 2, 3, 4], 4.5 / math.sqrt(4.5 * 5)),
        ([1, 5, 3], [2, 4, 9], 0.5),
    ],
)
def test_ranks_agree(first: list[float], second: list[float], rho: float) -> None:
    assert rank_correlation(np.array(first, float), np.array(second, float)) == pytest.approx(rho)


def test_maps_that_have_no_order_agree_with_nothing() -> None:
    assert math.isnan(rank_correlation(np.ones(3), np.arange(3.0)))
    assert math.isnan(rank_correlation(np.ones(1), np.ones(1)))
    with pytest.raises(DataError, match="these have 2 and 3"):
        rank_correlation(np.ones(2), np.ones(3))
    with pytest.raises(DataError, match="finite numbers, but one has others"):
        rank_correlation(np.array([1.0, math.nan]), np.arange(2.0))
