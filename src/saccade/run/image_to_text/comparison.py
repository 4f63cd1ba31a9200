"""Several models on the same images: which reads better, and how sure that is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, final

from saccade.data.text_images import TextImages
from saccade.errors import DataError
from saccade.metrics import Comparison as Gap
from saccade.metrics import Interval
from saccade.metrics import compare as compare_statistics
from saccade.run.image_to_text.evaluation import figures_of
from saccade.run.image_to_text.model import ImageTextModel
from saccade.run.model import metric_of, names_of


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
    """

    metric: str
    signature: str
    images: int
    names: list[str]
    parameters: list[int]
    scores: list[Interval]
    to_first: list[Gap | None]

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        rows = zip(self.names, self.parameters, self.scores, self.to_first, strict=True)
        runs = [
            {
                "run": name,
                "parameters": parameters,
                **score._asdict(),
                "to_first": None if gap is None else gap._asdict(),
            }
            for name, parameters, score, gap in rows
        ]
        return {"metric": self.metric, "signature": self.signature, "images": self.images, "runs": runs}


def compare(
    models: Sequence[ImageTextModel],
    images: str | Path | TextImages = "validation",
    *,
    metric: str | None = None,
    **search: Any,
) -> Comparison:
    """Let several models read the same images, and compare them by the paired bootstrap.

    Args:
        models: Two or more; the first is what the others are held to, and its recipe names the metrics.
        images: The name of a split of the recipes, a path as a `Path`, or images.
        metric: By default the first of the recipe.
        **search: Options of the recipes' section `search`.

    Raises:
        OptionError: The recipe of the first model has no such metric.
        DataError: The models' recipes have other images in that split.
    """
    chosen = metric_of(models[0], metric)
    figures, texts = [], []
    for model in models:
        found = model.images(images)
        outputs = [answers[0].output for answers in model.answers_to(found, **search)]
        figures.append(figures_of(models[0].recipe, outputs, found.texts)[chosen])
        texts.append(found.texts)
        if texts[-1] != texts[0]:
            raise DataError(
                f"{model.path} is measured on other images than {models[0].path}: their recipes have other data. "
                "Name images for both with `--data`."
            )
    first = figures[0]
    gaps = [compare_statistics(first.metric, figure.statistics, first.statistics) for figure in figures[1:]]
    return Comparison(
        chosen,
        first.signature,
        len(texts[0]),
        names_of(models),
        [sum(parameter.numel() for parameter in model.network.parameters()) for model in models],
        [figure.score for figure in figures],
        [None, *gaps],
    )
