"""Several models on the same pairs: which is better, how sure that is, and how it depends on the source's length."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, final

from saccade import viewer
from saccade.data.pairs import Pairs
from saccade.metrics import BucketScore, Interval
from saccade.metrics import Comparison as Gap
from saccade.recipes.text_to_text.build import read_split
from saccade.run.model import metric_of
from saccade.run.scores import Scores, scores_of
from saccade.run.text_to_text.evaluation import evaluate
from saccade.run.text_to_text.model import TextModel


@final
class Comparison(NamedTuple):
    """Scores of several models, and how they depend on the source's length.

    Attributes:
        held: The scores, held to the first.
        length_unit: What lengths are counted in.
        by_length: For each model, its scores by length of the source.
    """

    held: Scores
    length_unit: str
    by_length: list[list[BucketScore]]

    @property
    def scores(self) -> list[Interval]:
        """Of each model, with its interval."""
        return self.held.scores

    @property
    def to_first(self) -> list[Gap | None]:
        """Each minus the first; None for the first."""
        return self.held.to_first

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        beside = [{"by_length": [bucket._asdict() for bucket in buckets]} for buckets in self.by_length]
        return {**self.held.to_json(beside), "length_unit": self.length_unit}

    def draw(self, path: str | Path) -> list[str]:
        """Draw quality against length, a line a model, as .png or .html; give what the user should know."""
        metric, curves = self.held.metric, dict(zip(self.held.names, self.by_length, strict=True))
        x_label = f"source length in {self.length_unit}"
        return viewer.save_curves(curves, path, title=f"{metric} by length", x_label=x_label, y_label=metric)


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
    read = read_split(recipe, pairs) if isinstance(pairs, str) else pairs
    sources, targets = list(read.source), list(read.target)
    outputs = [[answers[0].output for answers in model.answers(sources, **search)] for model in models]
    found = [evaluate(recipe, sources, written, targets) for written in outputs]
    held = scores_of(models, chosen, [one.figures[chosen] for one in found], len(sources), "pairs")
    return Comparison(held, recipe.evaluation.length_unit, [one.by_length[chosen] for one in found])
