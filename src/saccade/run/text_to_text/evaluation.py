"""How good a model's answers are: all together, and by length of the source."""

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np

from saccade.maps import Liveliness
from saccade.metrics import BucketScore, Interval, Metric, by_length, interval, source_lengths
from saccade.recipes.text_to_text.build import make_metrics
from saccade.recipes.text_to_text.schema import TextRecipe


@final
class Figure(NamedTuple):
    """One metric of one set of answers.

    Attributes:
        score: With its interval over resampled sentences.
        signature: All that must be known to compute it again.
        by_length: The same for sources of like length, short ones first.
        statistics: Counts of each sentence, for paired comparisons.
        metric: What made it.
    """

    score: Interval
    signature: str
    by_length: list[BucketScore]
    statistics: np.ndarray
    metric: Metric


@final
class Evaluation(NamedTuple):
    """All figures of a model on some pairs.

    Attributes:
        figures: By name of the metric.
        lengths: Of each source.
        unit: What they are counted in.
        outputs: What the model wrote.
        maps: How lively its maps were, if it looks.
    """

    figures: dict[str, Figure]
    lengths: np.ndarray
    unit: str
    outputs: list[str]
    maps: Liveliness | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types, without the outputs."""
        return {
            "sentences": len(self.outputs),
            "length_unit": self.unit,
            "figures": {name: _figure_to_json(figure) for name, figure in self.figures.items()},
            "maps": None if self.maps is None else self.maps.to_json(),
        }


def evaluate(recipe: TextRecipe, sources: Sequence[str], outputs: Sequence[str], targets: Sequence[str]) -> Evaluation:
    """Hold outputs against targets, by the metrics of a recipe."""
    options = recipe.evaluation
    lengths = source_lengths(sources, options.length_unit, options.separator)
    figures = {}
    for name, metric in make_metrics(recipe).items():
        statistics = metric.statistics(outputs, targets)
        buckets = by_length(metric, statistics, lengths, edges=options.edges)
        figures[name] = Figure(interval(metric, statistics), metric.signature(), buckets, statistics, metric)
    return Evaluation(figures, lengths, options.length_unit, list(outputs))


def _figure_to_json(figure: Figure) -> dict[str, Any]:
    score = figure.score
    return {
        "score": score.score,
        "low": score.low,
        "high": score.high,
        "signature": figure.signature,
        "by_length": [bucket._asdict() for bucket in figure.by_length],
    }
