"""Several models on the same pairs: which is better, how sure that is, and how it depends on the source's length."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, final

from saccade import viewer
from saccade.data.pairs import Pairs
from saccade.metrics import BucketScore, Interval
from saccade.metrics import Comparison as Gap
from saccade.metrics import compare as compare_statistics
from saccade.recipes.text_to_text.build import read_split
from saccade.run.model import metric_of, names_of
from saccade.run.text_to_text.evaluation import evaluate
from saccade.run.text_to_text.model import TextModel


@final
class Comparison(NamedTuple):
    """Scores of several models on the same pairs, by one metric; the others are held to the first.

    Attributes:
        metric: Its name.
        signature: All that must be known to compute it again.
        unit: What lengths are counted in.
        names: Of the models.
        scores: With their intervals.
        to_first: Each minus the first; None for the first.
        by_length: For each model, its scores by length of the source.
    """

    metric: str
    signature: str
    unit: str
    names: list[str]
    scores: list[Interval]
    to_first: list[Gap | None]
    by_length: list[list[BucketScore]]

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        runs = [
            {
                "run": name,
                **score._asdict(),
                "to_first": None if gap is None else gap._asdict(),
                "by_length": [bucket._asdict() for bucket in buckets],
            }
            for name, score, gap, buckets in zip(self.names, self.scores, self.to_first, self.by_length, strict=True)
        ]
        return {"metric": self.metric, "signature": self.signature, "length_unit": self.unit, "runs": runs}

    def draw(self, path: str | Path) -> list[str]:
        """Draw quality against length, a line a model, as .png or .html; give what the user should know."""
        curves = dict(zip(self.names, self.by_length, strict=True))
        x_label = f"source length in {self.unit}"
        return viewer.save_curves(curves, path, title=f"{self.metric} by length", x_label=x_label, y_label=self.metric)


def compare(
    models: Sequence[TextModel], pairs: str | Pairs = "validation", *, metric: str | None = None, **search: Any
) -> Comparison:
    """Let several models answer the same pairs, and compare them by the paired bootstrap.

    Args:
        models: Two or more; the first is what the others are held to, and its recipe names the metrics.
        pairs: The name of a split of the first model's recipe, or pairs of one's own.
        metric: By default the first of the recipe.
        **search: Options of the recipes' section `search`.

    Raises:
        OptionError: The recipe of the first model has no such metric.
    """
    recipe = models[0].recipe
    chosen = metric_of(models[0], metric)
    found = read_split(recipe, pairs) if isinstance(pairs, str) else pairs
    sources, targets = list(found.source), list(found.target)
    outputs = [[answers[0].output for answers in model.answers(sources, **search)] for model in models]
    figures = [evaluate(recipe, sources, written, targets).figures[chosen] for written in outputs]
    first = figures[0]
    gaps = [compare_statistics(first.metric, figure.statistics, first.statistics) for figure in figures[1:]]
    return Comparison(
        chosen,
        first.signature,
        recipe.evaluation.length_unit,
        names_of(models),
        [figure.score for figure in figures],
        [None, *gaps],
        [figure.by_length for figure in figures],
    )
