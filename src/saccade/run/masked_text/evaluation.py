"""How well hidden tokens are guessed."""

from typing import Any, NamedTuple, final

import numpy as np

from saccade.metrics import Guesses, GuessMetric, Interval, interval
from saccade.recipes.masked_text.build import make_metrics
from saccade.recipes.masked_text.schema import MaskedRecipe


@final
class Figure(NamedTuple):
    """One metric of one set of guesses.

    Attributes:
        score: With its interval over resampled texts.
        signature: All that must be known to compute it again.
        statistics: Of each text, for paired comparisons.
        metric: What made it.
    """

    score: Interval
    signature: str
    statistics: np.ndarray
    metric: GuessMetric


@final
class Evaluation(NamedTuple):
    """All figures of a model on some texts.

    Attributes:
        figures: By name of the metric.
        texts: How many were read.
        tokens: How many of their tokens were hidden.
    """

    figures: dict[str, Figure]
    texts: int
    tokens: int

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "texts": self.texts,
            "tokens": self.tokens,
            "figures": {
                name: {**figure.score._asdict(), "signature": figure.signature} for name, figure in self.figures.items()
            },
        }


def evaluated(recipe: MaskedRecipe, guesses: Guesses) -> Evaluation:
    """Measure guesses, by the metrics of a recipe; the signature says what was hidden."""
    masking = recipe.masking
    hidden = f"chosen:{masking.chosen}|masked:{masking.masked}|random:{masking.random}|seed:{recipe.seed}"
    figures = {}
    for name, metric in make_metrics(recipe).items():
        statistics = metric.statistics(guesses)
        signature = f"{metric.signature()}|{hidden}"
        figures[name] = Figure(interval(metric, statistics), signature, statistics, metric)
    return Evaluation(figures, len(guesses.tokens), int(guesses.tokens.sum()))
