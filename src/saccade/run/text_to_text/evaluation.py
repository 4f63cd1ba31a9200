"""How good a model's answers are: all together, and by length of the source."""

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np

from saccade.maps import Liveliness
from saccade.metrics import BucketScore, by_length, source_lengths
from saccade.recipes.text_to_text.build import make_metrics
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.run.figures import Figure, figures_to_json, text_figures


@final
class Evaluation(NamedTuple):
    """All figures of a model on some pairs.

    Attributes:
        figures: By name of the metric.
        by_length: The same for sources of like length, short ones first.
        lengths: Of each source.
        unit: What they are counted in.
        outputs: What the model wrote.
        maps: How lively its maps were, if it looks.
    """

    figures: dict[str, Figure]
    by_length: dict[str, list[BucketScore]]
    lengths: np.ndarray
    unit: str
    outputs: list[str]
    maps: Liveliness | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types, without the outputs."""
        return {
            "sentences": len(self.outputs),
            "length_unit": self.unit,
            "figures": {
                name: {**figure, "by_length": [bucket._asdict() for bucket in self.by_length[name]]}
                for name, figure in figures_to_json(self.figures).items()
            },
            "maps": None if self.maps is None else self.maps.to_json(),
        }


def evaluate(recipe: TextRecipe, sources: Sequence[str], outputs: Sequence[str], targets: Sequence[str]) -> Evaluation:
    """Hold outputs against targets, by the metrics of a recipe."""
    options = recipe.evaluation
    lengths = source_lengths(sources, options.length_unit, options.separator)
    figures = text_figures(make_metrics(recipe), outputs, targets)
    buckets = {
        name: by_length(figure.metric, figure.statistics, lengths, edges=options.edges)
        for name, figure in figures.items()
    }
    return Evaluation(figures, buckets, lengths, options.length_unit, list(outputs))
