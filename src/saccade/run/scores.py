"""Several models by one metric on the same data, held to the first."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

from saccade.errors import DataError
from saccade.metrics import Comparison as Gap
from saccade.metrics import Interval
from saccade.metrics import compare as compare_statistics
from saccade.run.figures import Figure
from saccade.run.model import Model, names_of


@final
class Scores(NamedTuple):
    """Scores of several models on the same examples, by one metric; the others are held to the first.

    Attributes:
        metric: Its name.
        signature: All that must be known to compute it again.
        examples: How many.
        unit: What they are: `images` or `texts`.
        names: Of the models.
        parameters: How many numbers each has learnt.
        scores: With their intervals.
        to_first: Each minus the first; None for the first.
    """

    metric: str
    signature: str
    examples: int
    unit: str
    names: list[str]
    parameters: list[int]
    scores: list[Interval]
    to_first: list[Gap | None]

    def to_json(self, beside: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
        """As JSON's own types; `beside` is what else is told of each run."""
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
        for run, more in zip(runs, beside or [{}] * len(runs), strict=True):
            run |= more
        return {"metric": self.metric, "signature": self.signature, self.unit: self.examples, "runs": runs}


def scores_of(models: Sequence[Model], metric: str, figures: Sequence[Figure], examples: int, unit: str) -> Scores:
    """Hold the figures of models against those of the first, by the paired bootstrap.

    Args:
        models: Two or more.
        metric: The name of what was measured.
        figures: One of each model, on the same examples.
        examples: How many.
        unit: What they are.
    """
    first = figures[0]
    gaps = [compare_statistics(first.metric, figure.statistics, first.statistics) for figure in figures[1:]]
    return Scores(
        metric,
        first.signature,
        examples,
        unit,
        names_of(models),
        [sum(parameter.numel() for parameter in model.network.parameters()) for model in models],
        [figure.score for figure in figures],
        [None, *gaps],
    )


def check_same(models: Sequence[Model], answers: Sequence[Sequence[str]], unit: str) -> None:
    """Refuse to compare models that were measured on different data.

    Args:
        models: Two or more.
        answers: The right ones, for each model, so far.
        unit: What the examples are.

    Raises:
        DataError: The last one has other right answers than the first.
    """
    if answers[-1] != answers[0]:
        raise other_data(models[len(answers) - 1], models[0], unit)


def other_data(model: Model, first: Model, unit: str) -> DataError:
    """That a model would be measured on other examples than the first."""
    return DataError(
        f"{model.path} is measured on other {unit} than {first.path}: their recipes have other data. Name {unit} for "
        "both with `--data`."
    )
