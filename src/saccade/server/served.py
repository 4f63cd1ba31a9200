"""The runs of a server: each with its name, what it reads, and the thread that asks it."""

import asyncio
import base64
import binascii
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any, final

from saccade.data.read_image import head_of
from saccade.errors import DataError, OptionError, did_you_mean
from saccade.run.model import Model
from saccade.server.answers import TASKS, judged, looked, most_answers, predicted
from saccade.server.limits import N_BEST, Limits
from saccade.server.metrics import Metrics
from saccade.server.problem import Problem, unfit
from saccade.server.shapes import ModelAnswer
from saccade.server.worker import Wish, Worker


@final
class Served:
    """A run that is served.

    Args:
        name: As requests name it.
        model: Of the run; from now on nobody else may call it.
        limits: Of the server.
        metrics: Told the size of each batch.
    """

    def __init__(self, name: str, model: Model, limits: Limits, metrics: Metrics) -> None:
        self.name, self._model, self._limits = name, model, limits
        self.task: str = model.recipe.task
        self.reads = TASKS[self.task].reads
        self.looks = model.looks
        self.judged = self.looks and TASKS[self.task].judged
        self.n_best = most_answers(model, N_BEST)
        self.worker = Worker(
            name, self._work, batch=limits.batch, queue=limits.queue, noted=lambda size: metrics.batch(name, size)
        )

    def described(self) -> ModelAnswer:
        """As `/v1/models` says it."""
        bounds = self._limits
        return ModelAnswer(
            name=self.name,
            task=self.task,
            reads="image" if self.reads == "image" else "text",
            looks=self.looks,
            judged=self.judged,
            n_best=self.n_best,
            characters=bounds.characters,
            image_bytes=bounds.image_bytes,
            pixels=bounds.pixels,
        )

    async def predict(self, inputs: Sequence[str], n_best: int) -> list[Any]:
        """A result for each input.

        Raises:
            Problem: An input is not what the run reads, or it takes too long.
        """
        if n_best > self.n_best:
            raise Problem(
                422,
                "n_best",
                f"`n_best` is {n_best}, but {self.name} gives at most {self.n_best}.",
                "Ask for fewer; greedy search has one answer.",
            )
        fields = [f"inputs[{place}]" for place in range(len(inputs))]
        return await self._ask(Wish("answers", n_best), inputs, fields)

    async def look(self, input: str) -> bytes:
        """Where the model looked, as JSON.

        Raises:
            Problem: There is nothing to see, the input is not what the run reads, or it takes too long.
        """
        if not self.looks:
            raise Problem(
                422, "no_look", f"{self.name} has neither attention nor gates.", "Take a run whose `looks` is true."
            )
        [found] = await self._ask(Wish("look"), [input], ["input"])
        return found

    async def trust(self, input: str) -> bytes:
        """How far the look at an input can be trusted, as JSON.

        Raises:
            Problem: Looks of the run are not judged, or this one is too large to be; or what `look` raises.
        """
        if not self.judged:
            raise Problem(
                422, "no_trust", f"Looks of {self.name} are not judged.", "Take a run whose `judged` is true."
            )
        [found] = await self._ask(Wish("trust"), [input], ["input"])
        return found

    def _work(self, wish: Wish, inputs: Sequence[Any]) -> Sequence[Any]:
        if wish.what == "answers":
            return predicted(self._model, inputs, wish.n_best)
        if wish.what == "look":
            return [looked(self._model, input, self.name) for input in inputs]
        return [judged(self._model, input, self.name, self._limits.weights) for input in inputs]

    async def _ask(self, wish: Wish, inputs: Sequence[str], fields: Sequence[str]) -> list[Any]:
        read: list[Any]
        if self.reads == "image":
            # Undoing base64 and reading heads takes a while: the others are served meanwhile.
            read = await asyncio.to_thread(lambda: [self._image(*each) for each in zip(inputs, fields, strict=True)])
        else:
            read = [self._text(*each) for each in zip(inputs, fields, strict=True)]
        return await answered(self.worker.put(wish, read), fields, self._limits.seconds)

    def _text(self, text: str, field: str) -> str:
        if len(text) > self._limits.characters:
            raise Problem(
                413,
                "text_too_long",
                f"`{field}` has {len(text):,} characters, and at most {self._limits.characters:,} are read.",
                "Cut it into sentences, each an input.",
            )
        return text

    def _image(self, encoded: str, field: str) -> bytes:
        """The file of an image, whose head is good."""
        if len(encoded) > 4 * (self._limits.image_bytes + 2) // 3 + 4:
            raise self._too_large(field)
        try:
            content = base64.b64decode(encoded.encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise Problem(
                422,
                "not_base64",
                f"`{field}` is not base64, as which {self.name} takes the file of an image.",
                "Encode the file's bytes; a path or an address is not read.",
            ) from None
        if len(content) > self._limits.image_bytes:
            raise self._too_large(field)
        try:
            height, width = head_of(content, f"`{field}`")
        except DataError as error:
            raise unfit(error, field) from None
        if height * width > self._limits.pixels:
            raise Problem(
                413,
                "too_many_pixels",
                f"`{field}` has {width:,} × {height:,} pixels, and at most {self._limits.pixels:,} are read.",
                "Make the image smaller.",
            )
        return content

    def _too_large(self, field: str) -> Problem:
        return Problem(
            413,
            "image_too_large",
            f"`{field}` is a file of more than {self._limits.image_bytes:,} bytes, which is the most that is read.",
            "Make the image smaller, or save it as JPEG.",
        )


async def answered(futures: Sequence["Future[Any]"], fields: Sequence[str], seconds: float) -> list[Any]:
    """Wait for the answers to inputs.

    Raises:
        Problem: One cannot be read, which the message calls by its field; or it takes too long.
    """
    waiting = [asyncio.wrap_future(future) for future in futures]
    try:
        _, late = await asyncio.wait(waiting, timeout=seconds)
    finally:
        for future in waiting:
            future.cancel()
    if late:
        raise Problem(
            503,
            "too_slow",
            f"There was no answer within {seconds:g} seconds.",
            "Ask again later, or for less at a time.",
            {"Retry-After": "1"},
        )
    for future, field in zip(waiting, fields, strict=True):
        error = future.exception()
        if isinstance(error, (DataError, OptionError)):
            raise unfit(error, field)
        if error is not None:
            raise error
    return [future.result() for future in waiting]


@final
class Runs:
    """All runs of a server, by their names.

    Args:
        served: In the order in which they are shown.
    """

    def __init__(self, served: Sequence[Served]) -> None:
        self._served: Mapping[str, Served] = {one.name: one for one in served}

    @property
    def names(self) -> list[str]:
        """Of the runs."""
        return list(self._served)

    @property
    def waiting(self) -> dict[str, int]:
        """How many inputs wait for each."""
        return {name: one.worker.waiting for name, one in self._served.items()}

    def described(self) -> list[ModelAnswer]:
        """As `/v1/models` says it."""
        return [one.described() for one in self._served.values()]

    def named(self, name: str) -> Served:
        """The run of a name.

        Raises:
            Problem: There is none.
        """
        if name not in self._served:
            raise Problem(
                404, "no_run", f"`run` is {name!r:.100}, which is not served.", did_you_mean(name, self.names)
            )
        return self._served[name]

    def stop(self) -> None:
        """Answer what waits, and end."""
        for one in self._served.values():
            one.worker.stop()
