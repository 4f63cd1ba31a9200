"""What the runs of a sweep came to: quality, cost, and how they look, each held to the first."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from statistics import harmonic_mean
from typing import Any, Final, NamedTuple, final

import numpy as np

from saccade.data.pairs import Pairs
from saccade.data.tokenizers import BEGIN
from saccade.errors import OptionError
from saccade.maps import Liveliness, agreement, looked_at
from saccade.metrics import BucketScore, Interval
from saccade.recipes.text_to_text.build import read_split
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.run.model import metric_in
from saccade.run.searching import changed
from saccade.run.sweep.plan import Plan
from saccade.run.sweep.record import Outcome
from saccade.run.sweep.training import Say, Sweep
from saccade.run.tasks import load
from saccade.run.text_to_text.forced import forced_looks
from saccade.run.text_to_text.model import TextModel
from saccade.training.metrics_file import METRICS, read_metrics

AGREED: Final = 1000
"""Pairs, from the first on, whose looks are held to those of the first run."""

Ids = tuple[list[int], list[int]]


@final
class Wish(NamedTuple):
    """What the runs are measured by.

    Attributes:
        pairs: What they answer.
        metric: The name of the metric.
        search: Options of the recipes' section `search`.
    """

    pairs: Pairs
    metric: str
    search: dict[str, Any]


@final
class Measured(NamedTuple):
    """What one run came to.

    Attributes:
        name: Of the run.
        score: By the metric, with its interval.
        by_length: The same by length of the source.
        signature: All that must be known to compute the metric again.
        parameters: How many numbers were learnt.
        outcome: Of its training.
        tokens_per_s: Target tokens a second in training, without validation; None where no row of figures was written.
        maps: How its look moves while it answers; None where it does not look.
        agreement: How often the largest weight is where that of the first run is, while the given targets are written;
            None where one of them does not look, or their tokens are not the same.
    """

    name: str
    score: Interval
    by_length: list[BucketScore]
    signature: str
    parameters: int
    outcome: Outcome
    tokens_per_s: float | None
    maps: Liveliness | None
    agreement: float | None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "run": self.name,
            **self.score._asdict(),
            "by_length": [bucket._asdict() for bucket in self.by_length],
            "parameters": self.parameters,
            "updates": self.outcome.updates,
            "elapsed_s": self.outcome.elapsed_s,
            "ended_by": self.outcome.ended_by,
            "tokens_per_s": self.tokens_per_s,
            "maps": None if self.maps is None else self.maps.to_json(),
            "agreement": self.agreement,
        }


@final
class _Looked(NamedTuple):
    """The tokens of some pairs, and where a model had its largest weight before each token of the targets."""

    ids: list[Ids]
    places: list[np.ndarray]


def wish(plan: Plan, split: str = "validation", *, metric: str | None = None, **search: Any) -> Wish:
    """Check what will be asked of the runs, before they are trained for hours.

    Args:
        plan: Of the sweep; the first recipe names the metrics and the data.
        split: Of the recipe's data.
        metric: By default the first of the recipe.
        **search: Options of the recipes' section `search`.

    Raises:
        OptionError: There is no such split, metric or option, or the runs would be measured in different ways.
        MissingError, DataError: The split is not there, or can't be read.
    """
    first: TextRecipe = plan.runs[0].loaded.recipe
    for run in plan.runs:
        if run.loaded.recipe.evaluation != first.evaluation:
            raise OptionError(f"`evaluation` must be the same for all runs of a sweep, but {run.name} has another one.")
    chosen = metric_in(first, metric, f"the recipe {first.name}")
    changed(first.search, search, TextRecipe)
    return Wish(read_split(first, split), chosen, search)


def measure(sweep: Sweep, wished: Wish, say: Say) -> list[Measured]:
    """Let every run that has come to its end answer the pairs, and see where it looks.

    Raises:
        RunError: A run is damaged.
    """
    names = [run.name for run in sweep.plan.runs if sweep.is_finished(run.name)]
    first: _Looked | None = None
    found = []
    for number, name in enumerate(names, start=1):
        say(f"[{number}/{len(names)}] {name}: answering")
        model = load(sweep.path / name)
        assert isinstance(model, TextModel)
        looked = _looked(model, wished.pairs)
        first = looked if number == 1 else first
        found.append(_measured(model, name, wished, sweep.outcomes[name], _agreement(looked, first)))
    return found


def _measured(model: TextModel, name: str, wished: Wish, outcome: Outcome, agrees: float | None) -> Measured:
    evaluation = model.evaluate(wished.pairs, **wished.search)
    figure = evaluation.figures[wished.metric]
    return Measured(
        name,
        figure.score,
        evaluation.by_length[wished.metric],
        figure.signature,
        sum(parameter.numel() for parameter in model.network.parameters()),
        outcome,
        _tokens_per_s(model.path),
        evaluation.maps,
        agrees,
    )


def _looked(model: TextModel, pairs: Pairs) -> _Looked | None:
    """Where a model looks while the given targets are written; None if it does not look."""
    if not model.looks:
        return None
    sources = model.tokenizers.source.ids(islice(pairs.source, AGREED))
    targets = model.tokenizers.target.ids(islice(pairs.target, AGREED))
    ids = [(read, [BEGIN, *written]) for read, written in zip(sources, targets, strict=True)]
    return _Looked(ids, [looked_at(weights) for weights in forced_looks(model.network, ids)])


def _agreement(looked: _Looked | None, first: _Looked | None) -> float | None:
    if looked is None or first is None or looked.ids != first.ids:
        return None
    return agreement(zip(looked.places, first.places, strict=True))


def _tokens_per_s(run: Path) -> float | None:
    """Over all rows, each of which is about as many updates."""
    rates: Sequence[float] = [row["tokens_per_s"] for row in read_metrics(run / METRICS) if row["kind"] == "training"]
    return harmonic_mean(rates) if rates else None
