"""Several classifiers on the same examples: which is better, how sure that is, and how they came there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, final

from saccade import viewer
from saccade.metrics import ClassScore, Interval
from saccade.metrics import Comparison as Gap
from saccade.run.course import course_of
from saccade.run.label_model import LabelModel
from saccade.run.model import metric_of
from saccade.run.scores import Scores, check_same, other_data, scores_of


@final
class Comparison(NamedTuple):
    """Scores of several models, and how well each finds each class.

    Attributes:
        held: The scores, held to the first.
        per_class: For each model, how well each class is found.
        paths: The models' run folders.
    """

    held: Scores
    per_class: list[list[ClassScore]]
    paths: list[Path]

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
        return self.held.to_json([{"per_class": [one._asdict() for one in classes]} for classes in self.per_class])

    def draw(self, path: str | Path) -> list[str]:
        """Draw how the runs learnt, and what of each class they find, as .png or .html; give what the user should know.

        Raises:
            RunError: A run has lost the figures of its training.
        """
        metric, runs = self.held.metric, zip(self.held.names, self.paths, self.per_class, strict=True)
        courses = {name: course_of(run, metric, recalls(classes)) for name, run, classes in runs}
        return viewer.save_courses(courses, path, title="How they learnt", figure=metric)


def compare(models: Sequence[LabelModel], data: Any = "validation", *, metric: str | None = None) -> Comparison:
    """Let several models label the same examples, and compare them by the paired bootstrap.

    Args:
        models: Two or more of one task; the first is what the others are held to, and its recipe names the metrics.
        data: The name of a split of the recipes, a path as a `Path`, or images or texts with labels.
        metric: By default the first of the recipe.

    Raises:
        OptionError: The recipe of the first model has no such metric.
        DataError: The models' recipes have other data in that split.
    """
    chosen, unit = metric_of(models[0], metric), models[0].unit
    if isinstance(data, str):
        _check_one_origin(models, data)
    figures, labels, classes = [], [], []
    for model in models:
        judged = model.judged(data)
        figures.append(judged.figures(models[0].recipe)[chosen])
        classes.append(judged.per_class)
        labels.append([judged.classes[label] for label in judged.labels])
        check_same(models, labels, unit)
    held = scores_of(models, chosen, figures, len(labels[0]), unit)
    return Comparison(held, classes, [model.path for model in models])


def _check_one_origin(models: Sequence[LabelModel], split: str) -> None:
    """Refuse splits of different data, which may have the same labels by chance."""
    first = models[0]
    for model in models[1:]:
        own, others = model.recipe.data, first.recipe.data
        if (own.set, own.origin(split)) != (others.set, others.origin(split)):
            raise other_data(model, first, first.unit)


def recalls(classes: Sequence[ClassScore]) -> dict[str, float]:
    """How much of each class is found, where there is any of it."""
    return {one.name: one.recall for one in classes if one.recall is not None}
