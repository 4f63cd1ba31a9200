"""The metrics of a recipe, measured: scores with intervals, and what a paired comparison needs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from saccade.metrics import GuessMetric, Interval, LabelMetric, Metric, interval

AnyMetric = Metric | LabelMetric | GuessMetric


@final
class Figure(NamedTuple):
    """One metric of one set of answers.

    Attributes:
        score: With its interval over resampled examples.
        signature: All that must be known to compute it again.
        statistics: Counts of each example, for paired comparisons.
        metric: What made it.
    """

    score: Interval
    signature: str
    statistics: np.ndarray
    metric: AnyMetric


def figure_of(metric: AnyMetric, statistics: np.ndarray, about: str = "") -> Figure:
    """A metric with its interval; `about` is what else must be known to compute it again."""
    return Figure(interval(metric, statistics), metric.signature() + about, statistics, metric)


def text_figures(metrics: Mapping[str, Metric], outputs: Sequence[str], targets: Sequence[str]) -> dict[str, Figure]:
    """Hold outputs against the right texts."""
    return {name: figure_of(metric, metric.statistics(outputs, targets)) for name, metric in metrics.items()}


def label_figures(metrics: Mapping[str, LabelMetric], logits: np.ndarray, labels: np.ndarray) -> dict[str, Figure]:
    """Hold what a model made of examples against their labels."""
    return {name: figure_of(metric, metric.statistics(logits, labels)) for name, metric in metrics.items()}


def figures_to_json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """As JSON's own types, without what comparisons need."""
    return {name: {**figure.score._asdict(), "signature": figure.signature} for name, figure in figures.items()}
