"""Where two models look is held to each other step by step."""

import numpy as np
import pytest

from saccade.maps import agreement, looked_at


def softened(places: list[int], count: int = 5, share: float = 0.4) -> np.ndarray:
    return np.eye(count)[places] * share + (1 - share) / count


def test_what_is_looked_at_is_the_largest_weight_or_nothing():
    assert looked_at(np.vstack([softened([3, 0, 3]), np.zeros((1, 5))])).tolist() == [3, 0, 3, -1]


def test_a_map_agrees_with_itself_and_with_a_harder_one():
    places = [2, 0, 4, 1, 1, 3, 0]
    maps = [softened(places), np.eye(5)[places], np.vstack([softened(places[:6]), np.zeros((1, 5))])]
    for one in maps:
        assert agreement([(looked_at(one), looked_at(one))]) == 1.0
    assert agreement([(looked_at(maps[0]), looked_at(maps[1]))]) == 1.0
    assert agreement([(looked_at(maps[0]), looked_at(maps[2]))]) == pytest.approx(6 / 7)


def test_agreement_counts_steps_not_sentences():
    long, short = np.eye(7), np.eye(3)
    pairs = [(looked_at(long), looked_at(long)), (looked_at(short), looked_at(short[::-1]))]
    # The middle step of three agrees backwards, too.
    assert agreement(pairs) == pytest.approx((7 + 1) / 10)


def test_no_steps_no_figure():
    assert agreement([]) is None
