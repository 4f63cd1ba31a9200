"""Figures of guesses are sums over tokens, whatever text these stand in."""

import math

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.metrics import GUESS_METRICS, Guesses, interval

GUESSES = Guesses(np.array([-1.0, -5.0, 0.0]), np.array([2, 1, 0]), np.array([2, 3, 0]))


@pytest.mark.parametrize(("name", "score"), [("accuracy", 60.0), ("nll", 6 / 5), ("perplexity", math.exp(6 / 5))])
def test_tokens_count_alike(name: str, score: float) -> None:
    metric = GUESS_METRICS[name]()
    assert metric.name == name
    assert metric.measure(GUESSES) == pytest.approx(score)
    found = interval(metric, metric.statistics(GUESSES), resamples=200)
    assert found.low < found.score < found.high
    assert metric.higher_is_better == (name == "accuracy")


@pytest.mark.parametrize("name", GUESS_METRICS)
def test_a_figure_needs_a_token(name: str) -> None:
    with pytest.raises(DataError, match=rf"`{name}` needs at least one token to be guessed, but the 1 texts have none"):
        GUESS_METRICS[name]().measure(Guesses(np.zeros(1), np.zeros(1, np.int64), np.zeros(1, np.int64)))


def test_a_hopeless_model_has_a_finite_perplexity() -> None:
    hopeless = Guesses(np.array([-5000.0]), np.array([0]), np.array([1]))
    assert math.isfinite(GUESS_METRICS["perplexity"]().measure(hopeless))
