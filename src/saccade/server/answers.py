"""What a model makes of inputs, as the server says it: the same for each task."""

import json
import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from saccade import viewer
from saccade.run.model import Model
from saccade.server.shapes import Answer, Result


class Task(NamedTuple):
    """How the models of a task are asked; texts are never taken for names of anything.

    Attributes:
        reads: `text` or `image`, whose inputs are bytes.
        predict: Answers inputs together.
    """

    reads: str
    predict: Callable[[Any, Sequence[Any], int], list[Result]]


def predicted(model: Model, inputs: Sequence[Any], n_best: int) -> list[Result]:
    """A result for each input."""
    return TASKS[model.recipe.task].predict(model, inputs, n_best)


def looked(model: Model, input: Any, run: str) -> bytes:
    """Where a model looked, as the JSON of a `LookAnswer`, which may be long: it is written where it is made."""
    look = model.look(input).look
    shown = {
        "run": run,
        "output": look.output if hasattr(look, "output") else look.label,
        "look": look.to_json(),
        "block": viewer.block_of(look),
    }
    return json.dumps(shown, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def most_answers(model: Model, limit: int) -> int:
    """How many answers to one input a model can give, up to a limit."""
    search = getattr(model.recipe, "search", None)
    return 1 if search is not None and search.kind == "greedy" else limit


def _written(model: Any, inputs: Sequence[Any], n_best: int) -> list[Result]:
    found = model.answers(inputs, n_best=n_best)
    results = []
    for answers in found:
        said = [Answer(output=one.output, score=one.score, probability=_share(one.log_prob)) for one in answers]
        unknown = getattr(answers[0], "unknown", None)
        results.append(Result(output=said[0].output, answers=said, unknown=unknown))
    return results


def _labelled(model: Any, inputs: Sequence[Any], n_best: int) -> list[Result]:
    return [
        Result(output=answer.label, answers=[_guess(*best) for best in answer.best])
        for answer in model.answers(inputs, n_best=n_best)
    ]


def _filled(model: Any, inputs: Sequence[Any], n_best: int) -> list[Result]:
    results = []
    for answer in model.answers(inputs, n_best=n_best):
        blanks = [[_guess(*guess) for guess in guesses] for guesses in answer.blanks]
        best = math.prod((guesses[0].probability for guesses in blanks), start=1.0)
        results.append(Result(output=answer.output, answers=[_guess(answer.output, best)], blanks=blanks))
    return results


def _guess(output: str, probability: float) -> Answer:
    share = min(max(probability, 0.0), 1.0)
    return Answer(output=output, score=share, probability=share)


def _share(log_prob: float) -> float:
    """A probability, which rounding must not carry over 1."""
    return min(math.exp(log_prob), 1.0)


TASKS: Final[dict[str, Task]] = {
    "image-to-label": Task("image", _labelled),
    "image-to-text": Task("image", _written),
    "masked-text": Task("text", _filled),
    "text-to-label": Task("text", _labelled),
    "text-to-text": Task("text", _written),
}
