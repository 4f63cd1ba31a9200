"""The metrics of a recipe, measured: scores with intervals, and what a paired comparison needs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from saccade.metrics import Interval, LabelMetric, Metric, interval


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
    metric: LabelMetric | Metric


def text_figures(metrics: Mapping[str, Metric], outputs: Sequence[str], targets: Sequence[str]) -> dict[str, Figure]:
    """Hold outputs against the right texts."""
    return {name: _figure(metric, metric.statistics(outputs, targets)) for name, metric in metrics.items()}


def label_figures(metrics: Mapping[str, LabelMetric], logits: np.ndarray, labels: np.ndarray) -> dict[str, Figure]:
    """Hold what a model made of examples against their labels."""
    return {name: _figure(metric, metric.statistics(logits, labels)) for name, metric in metrics.items()}


def figures_to_json(figures: Mapping[str, Figure]) -> dict[str, Any]:
    """As JSON's own types, without what comparisons need."""
    return {name: {**figure.score._asdict(), "signature": figure.signature} for name, figure in figures.items()}


def _figure(metric: LabelMetric | Metric, statistics: np.ndarray) -> Figure:
    return Figure(interval(metric, statistics), metric.signature(), statistics, metric)
