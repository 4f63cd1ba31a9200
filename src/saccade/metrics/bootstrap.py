"""How sure is a score: percentile intervals, and the paired comparison of two systems."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float, Real

from saccade.errors import DataError, OptionError

# Resamples drawn at a time: bounds memory at this times the number of sentences.
_CHUNK = 64


@runtime_checkable
class Scored(Protocol):
    """What turns summed statistics into a score: any metric, of texts or of labels."""

    def score(self, total: Real[np.ndarray, " statistic"]) -> float:
        """The score of examples whose statistics sum to `total`."""
        ...


class Interval(NamedTuple):
    """A score, and between what it would mostly lie for other sentences of the same kind."""

    score: float
    low: float
    high: float


class Comparison(NamedTuple):
    """First score minus second, the interval of that difference, and the p-value of "there is none"."""

    difference: float
    low: float
    high: float
    p_value: float


def interval(
    metric: Scored,
    statistics: Real[np.ndarray, "sentence statistic"],
    *,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """Score a system, with a percentile interval over resamples of its sentences.

    Args:
        metric: What turns summed statistics into a score.
        statistics: The metric's statistics of each sentence.
        resamples: How many times as many sentences are drawn, with replacement.
        confidence: Share of the resamples inside the interval.
        seed: Of the drawing; the same seed gives the same interval.

    Returns:
        The score of all sentences, and the interval's ends.

    Example:
        >>> from saccade.metrics import Exact
        >>> metric = Exact()
        >>> interval(metric, metric.statistics(["a", "b", "b", "a"], ["a", "a", "b", "b"]))
        Interval(score=50.0, low=0.0, high=100.0)

    Source:
        Efron 1979; Koehn 2004, section 2.
    """
    _check(resamples, confidence)
    scores = np.array([metric.score(total) for total in _resampled(statistics, resamples, seed)])
    low, high = _ends(scores, confidence)
    return Interval(metric.score(statistics.sum(axis=0)), low, high)


def interval_of_mean(values: Real[np.ndarray, " example"], *, resamples: int = 1000, seed: int = 0) -> Interval:
    """The mean of a figure of each example, with its interval.

    Args:
        values: A figure of each example.
        resamples: How many times as many examples are drawn, with replacement.
        seed: Of the drawing.

    Example:
        >>> interval_of_mean(np.array([3.0, 3.0, 3.0]))
        Interval(score=3.0, low=3.0, high=3.0)
    """
    return Interval(*intervals_of_means(values[:, None], resamples=resamples, seed=seed)[0].tolist())


def intervals_of_means(
    values: Real[np.ndarray, "example figure"], *, resamples: int = 1000, seed: int = 0
) -> Float[np.ndarray, "figure 3"]:
    """The means of several figures of each example, each with its interval: the same examples are drawn for all.

    Args:
        values: The figures of each example.
        resamples: How many times as many examples are drawn, with replacement.
        seed: Of the drawing.

    Returns:
        For each figure its mean, and the ends of its interval, as in `Interval`.

    Example:
        >>> intervals_of_means(np.array([[3.0, 1.0], [3.0, 1.0]])).tolist()
        [[3.0, 3.0, 3.0], [1.0, 1.0, 1.0]]
    """
    _check(resamples, 0.95)
    means = np.stack(list(_resampled(values, resamples, seed))) / len(values)
    return np.array([(value, *_ends(column, 0.95)) for value, column in zip(values.mean(axis=0), means.T, strict=True)])


def compare(
    metric: Scored,
    first: Real[np.ndarray, "sentence statistic"],
    second: Real[np.ndarray, "other statistic"],
    *,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Comparison:
    r"""Compare two systems on the same sentences by the paired bootstrap.

    $p = \min(1, 2 \min(P(d \le 0), P(d \ge 0)))$, with $d$ the differences over the resamples, the observed sample
    counting as one more on either side, so that p is never 0.

    Args:
        metric: What turns summed statistics into a score.
        first: Its statistics of the first system.
        second: Its statistics of the second, for the same sentences in the same order.
        resamples: How many times the sentences are drawn, with replacement, for both systems alike.
        confidence: Share of the resampled differences inside the interval.
        seed: Of the drawing; the same seed gives the same figures.

    Returns:
        First minus second, its interval, and the two-sided p-value.

    Raises:
        DataError: The systems have different numbers of sentences.

    Example:
        >>> from saccade.metrics import Exact
        >>> metric = Exact()
        >>> same = metric.statistics(["a", "b"], ["a", "a"])
        >>> compare(metric, same, same)
        Comparison(difference=0.0, low=0.0, high=0.0, p_value=1.0)

    Source:
        Koehn 2004, "Statistical significance tests for machine translation evaluation", section 4.

    Differs:
        Koehn's test is one-sided; this p-value is two-sided, and agrees with the interval of the difference.
    """
    _check(resamples, confidence)
    if first.shape != second.shape:
        raise DataError(
            f"A paired comparison needs the same sentences, but the first system has {len(first):,} and the second "
            f"{len(second):,}. Evaluate both on the same file."
        )
    width = first.shape[1]
    totals = _resampled(np.concatenate([first, second], axis=1), resamples, seed)
    differences = np.array([metric.score(total[:width]) - metric.score(total[width:]) for total in totals])
    low, high = _ends(differences, confidence)
    below, above = 1 + np.sum(differences <= 0), 1 + np.sum(differences >= 0)
    p_value = min(1.0, 2 * float(min(below, above)) / (resamples + 1))
    return Comparison(metric.score(first.sum(axis=0)) - metric.score(second.sum(axis=0)), low, high, p_value)


def _resampled(
    statistics: Real[np.ndarray, "sentence statistic"], resamples: int, seed: int
) -> Iterator[Real[np.ndarray, " statistic"]]:
    """Summed statistics of each resample."""
    random = np.random.default_rng(seed)
    sentences = len(statistics)
    for start in range(0, resamples, _CHUNK):
        rows = min(_CHUNK, resamples - start)
        drawn = random.integers(0, sentences, (rows, sentences)) + np.arange(rows)[:, None] * sentences
        times = np.bincount(drawn.ravel(), minlength=rows * sentences).reshape(rows, sentences)
        # Not `@`: whole numbers stay whole, and no thread waits for another on a busy machine.
        yield from np.einsum("rs,sk->rk", times, statistics)


def _ends(values: Float[np.ndarray, " resample"], confidence: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _check(resamples: int, confidence: float) -> None:
    if resamples < 1:
        raise OptionError(f"`resamples` must be 1 or more, but is {resamples}. 1000 is usual.")
    if not 0 < confidence < 1:
        raise OptionError(f"`confidence` must lie between 0 and 1, but is {confidence}. 0.95 is usual.")
