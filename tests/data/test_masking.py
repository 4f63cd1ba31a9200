"""Which tokens are hidden: the paper's shares, never a special one, and always the same by the same chance."""

import numpy as np
import pytest

from saccade.data.masking import Masking, chosen_by
from saccade.errors import OptionError

VOCABULARY = 97


@pytest.fixture(scope="module")
def long_text() -> np.ndarray:
    """100,003 tokens, every seventh of them special."""
    ids = np.random.default_rng(0).integers(4, VOCABULARY, 100_003)
    ids[::7] = np.arange(len(ids[::7])) % 4
    return ids


def test_the_shares_are_those_of_the_paper(long_text: np.ndarray) -> None:
    """Of the tokens 15 % are chosen: to the token. Of these 80 % are hidden, 10 % others, 10 % stay: by chance."""
    shown, places, goals = Masking(VOCABULARY)(long_text, np.random.default_rng(1))
    own = int((long_text >= 4).sum())
    assert len(places) in (int(0.15 * own), int(0.15 * own) + 1)
    assert len(set(places.tolist())) == len(places)
    np.testing.assert_array_equal(goals, long_text[places])
    hidden, same = shown[places] == VOCABULARY, shown[places] == goals
    shares = hidden.mean(), (~hidden & ~same).mean(), same.mean()
    # A random token is the right one once in 93 times. Three standard deviations are 0.010 and 0.008.
    assert shares == pytest.approx((0.8, 0.1 * 92 / 93, 0.1 + 0.1 / 93), abs=0.01)


def test_nothing_special_is_chosen_or_drawn_and_the_rest_stays(long_text: np.ndarray) -> None:
    shown, places, _ = Masking(VOCABULARY, chosen=0.5, masked=0.0, random=1.0)(long_text, np.random.default_rng(2))
    assert (long_text[places] >= 4).all()
    others = np.setdiff1d(np.arange(len(long_text)), places)
    np.testing.assert_array_equal(shown[others], long_text[others])
    # Any token that is no special one may be drawn, each as often.
    drawn = np.bincount(shown[places], minlength=VOCABULARY + 1)
    assert drawn[:4].sum() + drawn[VOCABULARY] == 0
    assert drawn[4:VOCABULARY].min() > 0.8 * drawn[4:VOCABULARY].mean()


def test_every_token_is_chosen_as_often() -> None:
    text, masking = np.array([5, 6, 3, 7, 8, 9, 2]), Masking(VOCABULARY, chosen=0.4)
    times = np.zeros(7)
    for number in range(2000):
        times[masking(text, chosen_by(1, 1, number)).places] += 1
    assert times[[2, 6]].sum() == 0
    assert times[[0, 1, 3, 4, 5]] / 2000 == pytest.approx(np.full(5, 0.4), abs=0.04)


@pytest.mark.parametrize(("tokens", "mean"), [(1, 1.0), (3, 1.0), (7, 1.05), (11, 1.65), (20, 3.0)])
def test_short_texts_have_one_at_least_and_the_share_on_average(tokens: int, mean: float) -> None:
    text, masking = np.array([*[5] * tokens, 2]), Masking(VOCABULARY)
    counts = [len(masking(text, chosen_by(1, 1, number)).places) for number in range(1000)]
    assert min(counts) >= 1
    assert np.mean(counts) == pytest.approx(mean, abs=0.05)


def test_what_is_chosen_changes_with_each_pass_and_comes_back_with_the_seed() -> None:
    text, masking = np.arange(4, 57), Masking(VOCABULARY)
    first, again = (masking(text, chosen_by(3, 1, 5)) for _ in range(2))
    np.testing.assert_array_equal(first.ids, again.ids)
    for other in (chosen_by(3, 2, 5), chosen_by(3, 1, 6), chosen_by(4, 1, 5)):
        assert masking(text, other).places.tolist() != first.places.tolist()


def test_a_text_of_special_tokens_alone_has_none() -> None:
    shown, places, goals = Masking(VOCABULARY)(np.array([3, 3, 2]), np.random.default_rng(0))
    assert (shown.tolist(), len(places), len(goals)) == ([3, 3, 2], 0, 0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chosen": 0.0}, r"`chosen` must be above 0 and at most 1, but is 0.0. 0.15 is usual"),
        ({"chosen": 1.5}, r"`chosen` must be above 0 and at most 1, but is 1.5"),
        ({"masked": 0.8, "random": 0.3}, r"at most 1 together, but are 0.8 and 0.3. 0.8 and 0.1 are usual"),
        ({"masked": -0.1}, r"but are -0.1 and 0.1"),
    ],
)
def test_shares_that_are_none_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Masking(VOCABULARY, **options)
