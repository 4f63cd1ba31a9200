"""What a model makes of inputs, as the server says it: the same for each task."""

import json
import math
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

from saccade import viewer
from saccade.maps import ImageLook, LabelLook, Look
from saccade.run.model import Model
from saccade.server.problem import Problem
from saccade.server.shapes import Answer, Result


class Task(NamedTuple):
    """How the models of a task are asked; texts are never taken for names of anything.

    Attributes:
        reads: `text` or `image`, whose inputs are bytes.
        predict: Answers inputs together.
        judged: Whether it can be said how far looks can be trusted.
    """

    reads: str
    predict: Callable[[Any, Sequence[Any], int], list[Result]]
    judged: bool = True


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
    return _json(shown)


def judged(model: Any, input: Any, run: str, most: int) -> bytes:
    """How far a look can be trusted, as the JSON of a `TrustAnswer`.

    Args:
        model: One whose looks can be judged.
        input: What it reads.
        run: Its name.
        most: How much is judged, as `_work` counts it.

    Raises:
        Problem: It is more.
    """
    work = _work(model.look(input).look)
    if work > most:
        raise Problem(
            413,
            "look_too_large",
            f"To judge the look at `input` is work for {work:,}, and at most {most:,} is done.",
            "Give less: cut a text into sentences, an image into words. Or use `saccade look --trust`.",
        )
    trust = model.look(input, trust=True).look.trust
    said = None if trust is None else trust.to_json()
    return _json({"run": run, "trust": said, "block": None if said is None else viewer.trust_block(said)})


def _work(look: Look | ImageLook | LabelLook) -> int:
    """How much there is to be erased, counted in weights of a text that was written; each takes some 10 ms.

    A look for a label stands beside more drawn maps; for each token that was read off an image all of the image is read
    again and again. For an image's label it is always the same, and little.
    """
    if isinstance(look, Look):
        return look.map.weights.size
    return 4 * sum(seen.weights.size for seen in look.maps) if isinstance(look, LabelLook) else 64 * len(look.tokens)


def most_answers(model: Model, limit: int) -> int:
    """How many answers to one input a model can give, up to a limit."""
    search = getattr(model.recipe, "search", None)
    return 1 if search is not None and search.kind == "greedy" else limit


def _written(model: Any, inputs: Sequence[Any], n_best: int) -> list[Result]:
    # What is drawn depends on an input's place among others: each is the first, whoever asks beside it.
    together = [[one] for one in inputs] if model.recipe.search.kind == "sample" else [inputs]
    found = chain.from_iterable(model.answers(some, n_best=n_best) for some in together)
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


def _json(shown: dict[str, Any]) -> bytes:
    return json.dumps(shown, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8")


def _guess(output: str, probability: float) -> Answer:
    share = min(max(probability, 0.0), 1.0)
    return Answer(output=output, score=share, probability=share)


def _share(log_prob: float) -> float:
    """A probability, which rounding must not carry over 1."""
    return min(math.exp(log_prob), 1.0)


TASKS: Final[dict[str, Task]] = {
    "image-to-label": Task("image", _labelled),
    "image-to-text": Task("image", _written),
    "masked-text": Task("text", _filled, judged=False),
    "text-to-label": Task("text", _labelled),
    "text-to-text": Task("text", _written),
}
