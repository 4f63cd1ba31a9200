"""Several models on the same hidden tokens: which guesses better, and how sure that is."""

from collections.abc import Sequence
from pathlib import Path

from saccade.data.read_texts import RawTexts
from saccade.errors import DataError
from saccade.run.masked_text.evaluation import evaluated
from saccade.run.masked_text.model import MaskedTextModel
from saccade.run.model import metric_of
from saccade.run.scores import Scores, scores_of


def compare(
    models: Sequence[MaskedTextModel], texts: str | Path | RawTexts = "validation", *, metric: str | None = None
) -> Scores:
    """Let several models guess the same tokens, and compare them by the paired bootstrap.

    Args:
        models: Two or more; the first is what the others are held to. Its recipe names the data and the metrics, and
            says what is hidden.
        texts: The name of a split, a path as a `Path`, or texts.
        metric: By default the first of the recipe.

    Raises:
        OptionError: The recipe of the first model has no such metric.
        DataError: The models have different tokenizers: they would guess different tokens.
    """
    first = models[0]
    chosen = metric_of(first, metric)
    for model in models[1:]:
        if model.tokenizer.to_json() != first.tokenizer.to_json():
            raise DataError(
                f"{model.path} cuts texts into other tokens than {first.path}: they would guess different things. "
                "Compare runs that were trained with the same `tokenizer`, on the same texts."
            )
    found = first.texts(texts)
    figures = [evaluated(first.recipe, model.guesses(found, recipe=first.recipe)).figures[chosen] for model in models]
    return scores_of(models, chosen, figures, len(found.texts), "texts")
