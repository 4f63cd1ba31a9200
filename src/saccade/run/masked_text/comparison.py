"""Several models on the same hidden tokens: which guesses better, and how sure that is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, final

from saccade.data.read_texts import RawTexts
from saccade.errors import DataError
from saccade.metrics import Comparison as Gap
from saccade.metrics import Interval
from saccade.metrics import compare as compare_statistics
from saccade.run.masked_text.evaluation import evaluated
from saccade.run.masked_text.model import MaskedTextModel
from saccade.run.model import metric_of, names_of


@final
class Comparison(NamedTuple):
    """Scores of several models on the same hidden tokens, by one metric; the others are held to the first.

    Attributes:
        metric: Its name.
        signature: All that must be known to compute it again.
        texts: How many.
        names: Of the models.
        parameters: How many numbers each has learnt.
        scores: With their intervals.
        to_first: Each minus the first; None for the first.
    """

    metric: str
    signature: str
    texts: int
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
        return {"metric": self.metric, "signature": self.signature, "texts": self.texts, "runs": runs}


def compare(
    models: Sequence[MaskedTextModel], texts: str | Path | RawTexts = "validation", *, metric: str | None = None
) -> Comparison:
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
    gaps = [compare_statistics(one.metric, one.statistics, figures[0].statistics) for one in figures[1:]]
    return Comparison(
        chosen,
        figures[0].signature,
        len(found.texts),
        names_of(models),
        [sum(parameter.numel() for parameter in model.network.parameters()) for model in models],
        [figure.score for figure in figures],
        [None, *gaps],
    )
