"""Quality by length of the source: the picture that shows what a fixed vector loses."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Int

from saccade.errors import DataError, OptionError, did_you_mean
from saccade.metrics.bootstrap import Comparison, Interval, Scored, compare, interval

UNITS = ("words", "characters", "items")


class Bucket(NamedTuple):
    """Sentences whose source is about as long: from `shortest` to `longest`, None for no limit."""

    shortest: int
    longest: int | None
    rows: Int[np.ndarray, " row"]

    @property
    def label(self) -> str:
        """`11–20`, `51+`, or `3` where both ends are the same."""
        if self.longest is None:
            return f"{self.shortest}+"
        return str(self.longest) if self.longest == self.shortest else f"{self.shortest}–{self.longest}"


class BucketScore(NamedTuple):
    """The score of one bucket: its label, the number and mean length of its sentences, score and interval."""

    label: str
    sentences: int
    mean_length: float
    score: float
    low: float
    high: float


def source_lengths(sources: Sequence[str], unit: str = "words", separator: str = ";") -> Int[np.ndarray, " sentence"]:
    """Measure each source.

    Args:
        sources: The source texts.
        unit: `words` between blanks, `characters` (for scripts without blanks), or `items` between separators.
            Lengths in tokens come from the encoded data, and are given to `by_length` as they are.
        separator: What stands between two items.

    Returns:
        One length a sentence.

    Raises:
        OptionError: There is no such unit.

    Example:
        >>> source_lengths(["I love China", "我爱中国"]), source_lengths(["我爱中国"], "characters")
        (array([3, 1]), array([4]))
    """
    if unit not in UNITS:
        raise OptionError(f"`unit` of length is unknown: `{unit}`. {did_you_mean(unit, UNITS)}")
    if unit == "items":
        return np.array([len(text.split(separator)) for text in sources], np.int64)
    if unit == "characters":
        return np.array([len(text.strip()) for text in sources], np.int64)
    return np.array([len(text.split()) for text in sources], np.int64)


def default_edges(lengths: Int[np.ndarray, " sentence"]) -> tuple[int, ...]:
    """Longest length of each bucket: up to five of one round width, and longer sources fall into a last, open one.

    Lengths up to ten have a bucket each.

    Example:
        >>> default_edges(np.arange(1, 9)), default_edges(np.arange(1, 60))
        ((1, 2, 3, 4, 5, 6, 7, 8), (10, 20, 30, 40, 50))
    """
    longest = int(lengths.max(initial=1))
    if longest <= 10:
        return tuple(range(1, longest + 1))
    usual = float(np.quantile(lengths, 0.95))
    width = next(round_ for round_ in (2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**9) if 6 * round_ >= usual)
    return tuple(width * step for step in range(1, 6) if width * (step - 1) < longest)


def buckets(lengths: Int[np.ndarray, " sentence"], edges: Sequence[int] | None = None) -> list[Bucket]:
    """Sort sentences into buckets of length; empty ones are left out.

    Args:
        lengths: Length of each source.
        edges: Longest length of each bucket, rising; longer sources fall into one more, open bucket.

    Returns:
        The buckets, short ones first.

    Raises:
        OptionError: The edges don't rise.

    Example:
        >>> [(bucket.label, bucket.rows.tolist()) for bucket in buckets(np.array([3, 70, 10, 11]), [10, 20])]
        [('1–10', [0, 2]), ('11–20', [3]), ('21+', [1])]
    """
    chosen = tuple(default_edges(lengths) if edges is None else edges)
    if any(a >= b for a, b in itertools.pairwise(chosen)):
        raise OptionError(f"`edges` must rise, but are {list(chosen)}. Sort them, and name each once.")
    starts = [min(1, int(lengths.min(initial=1))), *(edge + 1 for edge in chosen)]
    places = np.searchsorted(np.array(chosen), lengths, side="left")
    found = [
        Bucket(start, longest, np.flatnonzero(places == place))
        for place, (start, longest) in enumerate(zip(starts, (*chosen, None), strict=True))
    ]
    return [bucket for bucket in found if len(bucket.rows)]


def by_length(
    metric: Scored,
    statistics: Int[np.ndarray, "sentence statistic"],
    lengths: Int[np.ndarray, " length"],
    *,
    edges: Sequence[int] | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> list[BucketScore]:
    """Score each bucket of source length.

    Args:
        metric: What turns summed statistics into a score.
        statistics: Its statistics of each sentence.
        lengths: Length of each source, in any unit.
        edges: Longest length of each bucket, rising; chosen from the lengths if None.
        resamples: Of the bootstrap.
        confidence: Share of the resamples inside the interval.
        seed: Of the bootstrap.

    Returns:
        A score with its interval for each bucket that has sentences.

    Raises:
        DataError: There are more or fewer lengths than sentences.

    Example:
        >>> from saccade.metrics import Exact
        >>> metric = Exact()
        >>> statistics = metric.statistics(["a", "b c"], ["a", "b d"])
        >>> [(bucket.label, bucket.score) for bucket in by_length(metric, statistics, np.array([1, 2]))]
        [('1', 100.0), ('2', 0.0)]
    """
    _check_lengths(lengths, statistics)
    scores: list[BucketScore] = []
    for bucket in buckets(lengths, edges):
        found: Interval = interval(
            metric, statistics[bucket.rows], resamples=resamples, confidence=confidence, seed=seed
        )
        scores.append(BucketScore(bucket.label, len(bucket.rows), float(lengths[bucket.rows].mean()), *found))
    return scores


def compare_by_length(
    metric: Scored,
    first: Int[np.ndarray, "sentence statistic"],
    second: Int[np.ndarray, "other statistic"],
    lengths: Int[np.ndarray, " length"],
    *,
    edges: Sequence[int] | None = None,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> list[tuple[str, Comparison]]:
    """Compare two systems in each bucket of source length: does the gap grow?

    Args and errors as in `by_length` and `bootstrap.compare`.

    Returns:
        For each bucket its label, and first minus second with interval and p-value.

    Example:
        >>> from saccade.metrics import Exact
        >>> metric = Exact()
        >>> good, bad = metric.statistics(["a", "b"], ["a", "b"]), metric.statistics(["a", "c"], ["a", "b"])
        >>> [(label, gap.difference) for label, gap in compare_by_length(metric, good, bad, np.array([1, 2]))]
        [('1', 0.0), ('2', 100.0)]
    """
    _check_lengths(lengths, first)
    return [
        (
            bucket.label,
            compare(
                metric,
                first[bucket.rows],
                second[bucket.rows],
                resamples=resamples,
                confidence=confidence,
                seed=seed,
            ),
        )
        for bucket in buckets(lengths, edges)
    ]


def _check_lengths(lengths: Int[np.ndarray, " length"], statistics: Int[np.ndarray, "sentence statistic"]) -> None:
    if len(lengths) != len(statistics):
        raise DataError(
            f"Each sentence needs a length, but there are {len(lengths):,} lengths and {len(statistics):,} sentences. "
            "Measure the sources that the outputs belong to."
        )
