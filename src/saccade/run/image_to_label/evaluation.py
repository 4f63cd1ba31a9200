"""How good a model's labels are: all together, class by class, and whether its maps fall on what is to be seen."""

from typing import Any, NamedTuple, final

import numpy as np
from jaxtyping import Float, Int

from saccade.data.images import LabelledImages
from saccade.metrics import (
    LABEL_METRICS,
    ClassScore,
    Density,
    Interval,
    LabelMetric,
    Pointing,
    confusion,
    interval,
    per_class,
)
from saccade.recipes.image_to_label.build import make_metrics
from saccade.recipes.image_to_label.schema import ImageRecipe

# What is told of every classifier, whatever its recipe measures.
ALWAYS = ("top1", "top5", "calibration")


@final
class Figure(NamedTuple):
    """One metric of one set of labels.

    Attributes:
        score: With its interval over resampled images.
        signature: All that must be known to compute it again.
        statistics: Counts of each image, for paired comparisons.
        metric: What made it.
    """

    score: Interval
    signature: str
    statistics: np.ndarray
    metric: LabelMetric


@final
class Evaluation(NamedTuple):
    """All figures of a model on some images.

    Attributes:
        figures: By name of the metric.
        classes: The name of each label.
        confusion: How often images of each class were given each label.
        per_class: How well each class is found.
        maps: For each layer that shows a map, how much it lets through; empty where none does.
        pointing: For each map over the images, whether it falls into the boxes; empty where none are known.
        images: How many were labelled.
        skipped: How many were left out since they can't be read.
    """

    figures: dict[str, Figure]
    classes: tuple[str, ...]
    confusion: Int[np.ndarray, "true predicted"]
    per_class: list[ClassScore]
    maps: dict[str, Density]
    pointing: dict[str, Pointing]
    images: int
    skipped: int

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "images": self.images,
            "skipped": self.skipped,
            "figures": {
                name: {**figure.score._asdict(), "signature": figure.signature} for name, figure in self.figures.items()
            },
            "per_class": [score._asdict() for score in self.per_class],
            "confusion": {"classes": list(self.classes), "counts": self.confusion.tolist()},
            "maps": {layer: _density_to_json(found) for layer, found in self.maps.items()},
            "pointing": {layer: _pointing_to_json(found) for layer, found in self.pointing.items()},
        }


def figures_of(
    recipe: ImageRecipe, logits: Float[np.ndarray, "image label"], labels: Int[np.ndarray, " image"]
) -> dict[str, Figure]:
    """Hold what a model made of images against their labels: the recipe's metrics, then those told of all models."""
    always = {name: LABEL_METRICS[name]() for name in ALWAYS if name != "top5" or logits.shape[1] > 5}
    figures = {}
    for name, metric in {**always, **make_metrics(recipe)}.items():
        statistics = metric.statistics(logits, labels)
        figures[name] = Figure(interval(metric, statistics), metric.signature(), statistics, metric)
    return figures


def evaluated(
    recipe: ImageRecipe,
    images: LabelledImages,
    logits: Float[np.ndarray, "image label"],
    maps: dict[str, Density],
    pointing: dict[str, Pointing],
) -> Evaluation:
    """Put together what is known of a model's answers to images."""
    matrix = confusion(images.labels, logits.argmax(1), len(images.classes))
    return Evaluation(
        figures_of(recipe, logits, images.labels),
        images.classes,
        matrix,
        per_class(matrix, images.classes),
        maps,
        pointing,
        len(images),
        images.skipped,
    )


def _density_to_json(found: Density) -> dict[str, Any]:
    return {"images": found.images, "mean": found.mean._asdict(), "kept": found.kept._asdict()}


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
    return {"images": found.images, **told}
