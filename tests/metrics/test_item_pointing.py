"""The pointing game with looks at texts: by hand, beside chance, whatever the padding."""

import numpy as np
import pytest

from saccade.errors import DataError, OptionError
from saccade.metrics import item_pointing

LOOKS = [np.array([0.1, 0.7, 0.2]), np.array([0.5, 0.5]), np.zeros(5)]
WANTED = [np.array([False, True, True]), np.array([True, False]), np.array([False, False, False, False, True])]


def test_by_hand() -> None:
    found = item_pointing(LOOKS, WANTED)
    assert found.images == 3
    # Hit; one of two that are as high; one of five of a look that prefers none.
    assert found.game.score.score == pytest.approx(100 * (1 + 1 / 2 + 1 / 5) / 3)
    assert found.mass.score.score == pytest.approx(100 * (0.9 + 1 / 2 + 1 / 5) / 3)
    assert found.game.chance == found.mass.chance == pytest.approx(100 * (2 / 3 + 1 / 2 + 1 / 5) / 3)


def test_random_and_permuted_looks_are_as_good_as_chance() -> None:
    random = np.random.default_rng(3)
    lengths = random.integers(2, 31, size=700)
    looks = [random.random(length) ** 3 for length in lengths]
    wanted = [np.arange(length) < 1 + length // 3 for length in lengths]
    found = item_pointing(looks, wanted)
    for figure in (found.game, found.mass):
        assert figure.random.score == pytest.approx(figure.chance, abs=2)
        assert figure.permuted.score == pytest.approx(figure.chance, abs=2)


def test_a_text_counts_the_same_beside_a_longer_one() -> None:
    alone = item_pointing(LOOKS[:1], WANTED[:1])
    beside = item_pointing([LOOKS[0], np.ones(50)], [WANTED[0], np.arange(50) < 25])
    assert 2 * beside.mass.score.score == pytest.approx(alone.mass.score.score + 50)


def test_weights_are_permuted_among_the_texts_own_items() -> None:
    found = item_pointing([np.ones(3), np.ones(50)], [np.arange(3) < 1, np.arange(50) < 20])
    for figure in (found.game, found.mass):
        # An even look stays even, wherever its weights go: chance to the last digit.
        assert figure.permuted.score == pytest.approx(figure.chance, abs=1e-9)


@pytest.mark.parametrize(
    ("looks", "wanted", "message"),
    [
        ([], [], r"at least one text whose deciding words are known"),
        (LOOKS, WANTED[:2], r"the counts differ"),
        (LOOKS[:1], [np.array([True])], r"the counts differ"),
        (LOOKS[:1], [np.zeros(3, bool)], r"Text 0 has no item that is wanted"),
        ([np.array([np.nan])], [np.array([True])], r"must be of finite numbers"),
    ],
)
def test_what_does_not_fit_is_refused(looks: list[np.ndarray], wanted: list[np.ndarray], message: str) -> None:
    with pytest.raises(DataError, match=message):
        item_pointing(looks, wanted)


def test_no_draw_is_refused() -> None:
    with pytest.raises(OptionError, match=r"`draws` must be at least 1, but is 0"):
        item_pointing(LOOKS, WANTED, draws=0)
