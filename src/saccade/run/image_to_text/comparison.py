"""Several models on the same images: which reads better, and how sure that is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from saccade.data.text_images import TextImages
from saccade.recipes.image_to_text.build import make_metrics
from saccade.run.figures import text_figures
from saccade.run.image_to_text.model import ImageTextModel
from saccade.run.model import metric_of
from saccade.run.scores import Scores, check_same, scores_of


def compare(
    models: Sequence[ImageTextModel],
    images: str | Path | TextImages = "validation",
    *,
    metric: str | None = None,
    **search: Any,
) -> Scores:
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
    chosen, metrics = metric_of(models[0], metric), make_metrics(models[0].recipe)
    figures, texts = [], []
    for model in models:
        found = model.images(images)
        outputs = [answers[0].output for answers in model.answers_to(found, **search)]
        figures.append(text_figures(metrics, outputs, found.texts)[chosen])
        texts.append(found.texts)
        check_same(models, texts, "images")
    return scores_of(models, chosen, figures, len(texts[0]), "images")
