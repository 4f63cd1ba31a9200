"""How good a model's texts are, and whether it looks at the character that it writes."""

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np

from saccade.metrics import Interval, Metric, Pointing, interval
from saccade.recipes.image_to_text.build import make_metrics
from saccade.recipes.image_to_text.schema import ImageTextRecipe


@final
class Figure(NamedTuple):
    """One metric of one set of answers.

    Attributes:
        score: With its interval over resampled images.
        signature: All that must be known to compute it again.
        statistics: Counts of each image, for paired comparisons.
        metric: What made it.
    """

    score: Interval
    signature: str
    statistics: np.ndarray
    metric: Metric


@final
class Evaluation(NamedTuple):
    """All figures of a model on some images.

    Attributes:
        figures: By name of the metric.
        outputs: What the model read.
        pointing: Whether its looks fall on the character being written; None where no boxes are known, or none is
            looked at.
    """

    figures: dict[str, Figure]
    outputs: list[str]
    pointing: Pointing | None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types, without the outputs."""
        return {
            "images": len(self.outputs),
            "figures": {
                name: {**figure.score._asdict(), "signature": figure.signature} for name, figure in self.figures.items()
            },
            "pointing": None if self.pointing is None else _pointing_to_json(self.pointing),
        }


def figures_of(recipe: ImageTextRecipe, outputs: Sequence[str], texts: Sequence[str]) -> dict[str, Figure]:
    """Hold outputs against the right texts, by the metrics of a recipe."""
    figures = {}
    for name, metric in make_metrics(recipe).items():
        statistics = metric.statistics(outputs, texts)
        figures[name] = Figure(interval(metric, statistics), metric.signature(), statistics, metric)
    return figures


def _pointing_to_json(found: Pointing) -> dict[str, Any]:
    told = {
        name: {
            **against.score._asdict(),
            "chance": against.chance,
            "random": against.random._asdict(),
            "permuted": against.permuted._asdict(),
        }
        for name, against in (("game", found.game), ("mass", found.mass))
    }
    return {"characters": found.images, **told}
