"""Several classifiers on the same images: which is better, how sure that is, and how they came there."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, final

from saccade import viewer
from saccade.data.images import LabelledImages
from saccade.errors import DataError
from saccade.metrics import ClassScore, Interval, confusion, per_class
from saccade.metrics import Comparison as Gap
from saccade.metrics import compare as compare_statistics
from saccade.run.image_to_label.evaluation import figures_of
from saccade.run.image_to_label.logits import logits_of
from saccade.run.image_to_label.model import ImageModel
from saccade.run.model import metric_of, names_of
from saccade.training.metrics_file import METRICS, read_metrics


@final
class Comparison(NamedTuple):
    """Scores of several models on the same images, by one metric; the others are held to the first.

    Attributes:
        metric: Its name.
        signature: All that must be known to compute it again.
        images: How many.
        names: Of the models.
        parameters: How many numbers each has learnt.
        scores: With their intervals.
        to_first: Each minus the first; None for the first.
        per_class: For each model, how well each class is found.
        paths: The models' run folders.
    """

    metric: str
    signature: str
    images: int
    names: list[str]
    parameters: list[int]
    scores: list[Interval]
    to_first: list[Gap | None]
    per_class: list[list[ClassScore]]
    paths: list[Path]

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        runs = [
            {
                "run": name,
                "parameters": parameters,
                **score._asdict(),
                "to_first": None if gap is None else gap._asdict(),
                "per_class": [one._asdict() for one in classes],
            }
            for name, parameters, score, gap, classes in zip(
                self.names, self.parameters, self.scores, self.to_first, self.per_class, strict=True
            )
        ]
        return {"metric": self.metric, "signature": self.signature, "images": self.images, "runs": runs}

    def draw(self, path: str | Path) -> list[str]:
        """Draw how the runs learnt, and what of each class they find, as .png or .html; give what the user should know.

        Raises:
            RunError: A run has lost the figures of its training.
        """
        runs = zip(self.names, self.paths, self.per_class, strict=True)
        courses = {name: course_of(run, self.metric, classes) for name, run, classes in runs}
        return viewer.save_courses(courses, path, title="How they learnt", figure=self.metric)


def course_of(run: Path, metric: str, classes: Sequence[ClassScore]) -> viewer.Course:
    """How a run learnt, as its folder says, and what of each class it finds.

    Raises:
        RunError: The folder has lost the figures of its training.
    """
    rows = read_metrics(run / METRICS)
    training = [row for row in rows if row["kind"] == "training"]
    # Averaged weights are tried at the end, and are no point of the course.
    validation = [row for row in rows if row["kind"] == "validation" and row.get("weights") == "current"]
    return viewer.Course(
        # Without smoothing, as validations measure it.
        [(update, -log_prob) for update, log_prob in _points(training, "log_prob")],
        _points(validation, "loss"),
        _points(validation, metric),
        {one.name: one.recall for one in classes if one.recall is not None},
    )


def _points(rows: Sequence[dict[str, Any]], figure: str) -> list[tuple[float, float]]:
    """A figure by update, where it is there and a number."""
    return [(float(row["update"]), float(row[figure])) for row in rows if row.get(figure) is not None]


def compare(
    models: Sequence[ImageModel],
    images: str | Path | LabelledImages = "validation",
    *,
    metric: str | None = None,
) -> Comparison:
    """Let several models label the same images, and compare them by the paired bootstrap.

    Args:
        models: Two or more; the first is what the others are held to, and its recipe names the metrics.
        images: The name of a split of the recipes, a path as a `Path`, or images.
        metric: By default the first of the recipe.

    Raises:
        OptionError: The recipe of the first model has no such metric.
        DataError: The models' recipes have other images in that split.
    """
    chosen = metric_of(models[0], metric)
    figures, labels, classes = [], [], []
    for model in models:
        found = model.images(images)
        logits = logits_of(model.network, found)
        figures.append(figures_of(models[0].recipe, logits, found.labels)[chosen])
        classes.append(per_class(confusion(found.labels, logits.argmax(1), len(found.classes)), found.classes))
        labels.append([found.classes[label] for label in found.labels])
        if labels[-1] != labels[0]:
            raise DataError(
                f"{model.path} is measured on other images than {models[0].path}: their recipes have other data. "
                "Name images for both with `--data`."
            )
    first = figures[0]
    gaps = [compare_statistics(first.metric, figure.statistics, first.statistics) for figure in figures[1:]]
    return Comparison(
        chosen,
        first.signature,
        len(labels[0]),
        names_of(models),
        [sum(parameter.numel() for parameter in model.network.parameters()) for model in models],
        [figure.score for figure in figures],
        [None, *gaps],
        classes,
        [model.path for model in models],
    )
