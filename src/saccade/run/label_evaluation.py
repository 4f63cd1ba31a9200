"""How good a model's labels are: all together, class by class, and whether its maps fall on what is to be seen."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np
from jaxtyping import Float, Int

from saccade.maps import InputLiveliness, input_liveliness
from saccade.metrics import LABEL_METRICS, ClassScore, Density, Pointing, confusion, per_class
from saccade.recipes.label_metrics import make_metrics
from saccade.recipes.schema import Recipe
from saccade.run.figures import Figure, figures_to_json, label_figures

# What is told of every classifier, whatever its recipe measures.
ALWAYS = ("top1", "top5", "calibration")


@final
class Judged(NamedTuple):
    """What a model made of examples whose labels are known.

    Attributes:
        logits: A number for each label.
        labels: The right ones.
        classes: The name of each label.
    """

    logits: Float[np.ndarray, "example label"]
    labels: Int[np.ndarray, " example"]
    classes: tuple[str, ...]

    @property
    def confusion(self) -> Int[np.ndarray, "true predicted"]:
        """How often examples of each class were given each label."""
        return confusion(self.labels, self.logits.argmax(1), len(self.classes))

    @property
    def per_class(self) -> list[ClassScore]:
        """How well each class is found."""
        return per_class(self.confusion, self.classes)

    def figures(self, recipe: Recipe) -> dict[str, Figure]:
        """Those told of all models, and the recipe's."""
        always = {name: LABEL_METRICS[name]() for name in ALWAYS if name != "top5" or self.logits.shape[1] > 5}
        return label_figures({**always, **make_metrics(recipe)}, self.logits, self.labels)


@final
class MapFigures(NamedTuple):
    """What is said of maps, by the name of the layer that showed them.

    Attributes:
        passed: How much it lets through.
        lively: Whether its map is another one for another input; without layers that have nothing to choose from.
        pointing: Whether it falls on what is to be seen; empty where that is not known.
    """

    passed: dict[str, Density]
    lively: dict[str, InputLiveliness]
    pointing: dict[str, Pointing]


def lively(moved: Mapping[str, Sequence[Float[np.ndarray, "_map 2"]]]) -> dict[str, InputLiveliness]:
    """What `input_figures` gave of each layer, batch by batch, put together."""
    found = {layer: input_liveliness(parts) for layer, parts in moved.items()}
    return {layer: one for layer, one in found.items() if one is not None}


@final
class Evaluation(NamedTuple):
    """All figures of a model on some images or texts.

    Attributes:
        figures: By name of the metric.
        judged: What the model made of them, class by class.
        maps: For each layer that shows a map, how much it lets through; empty where none does.
        pointing: For each map, whether it falls on what is to be seen; empty where that is not known.
        unit: What was labelled: `images` or `texts`.
        skipped: How many were left out since they can't be read, or are empty.
        lively: For each layer that shows a map, whether it is another one for another input.
    """

    figures: dict[str, Figure]
    judged: Judged
    maps: dict[str, Density]
    pointing: dict[str, Pointing]
    unit: str
    skipped: int
    lively: dict[str, InputLiveliness]

    @property
    def examples(self) -> int:
        """How many were labelled."""
        return len(self.judged.labels)

    @property
    def classes(self) -> tuple[str, ...]:
        """The name of each label."""
        return self.judged.classes

    @property
    def confusion(self) -> Int[np.ndarray, "true predicted"]:
        """How often examples of each class were given each label."""
        return self.judged.confusion

    @property
    def per_class(self) -> list[ClassScore]:
        """How well each class is found."""
        return self.judged.per_class

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            self.unit: self.examples,
            "skipped": self.skipped,
            "figures": figures_to_json(self.figures),
            "per_class": [score._asdict() for score in self.per_class],
            "confusion": {"classes": list(self.classes), "counts": self.confusion.tolist()},
            "maps": {layer: _density_to_json(found, self.unit) for layer, found in self.maps.items()},
            "liveliness": {layer: found.to_json() for layer, found in self.lively.items()},
            "pointing": {layer: {self.unit: found.images, **found.to_json()} for layer, found in self.pointing.items()},
        }


def _density_to_json(found: Density, unit: str) -> dict[str, Any]:
    return {unit: found.images, "mean": found.mean._asdict(), "kept": found.kept._asdict()}
