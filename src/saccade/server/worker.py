"""One thread for each model: what waits is answered in the order of its arrival, several inputs together."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Literal, NamedTuple, final

from saccade.server.limits import JUDGED
from saccade.server.problem import Problem


class Wish(NamedTuple):
    """What is wanted of inputs; answers that wait in a row with the same wish are made together.

    Attributes:
        what: Answers; or where the model looked, or how far that can be trusted, both of which are done input by input.
        n_best: How many answers.
    """

    what: Literal["answers", "look", "trust"]
    n_best: int = 1


class _Ticket(NamedTuple):
    wish: Wish
    input: Any
    future: "Future[Any]"


Work = Callable[[Wish, Sequence[Any]], Sequence[Any]]
"""Answers inputs: a result for each."""


@final
class Worker:
    """A queue with a bound, and the thread that empties it; nobody else calls the model.

    It takes what waits and never waits for more, so that batches grow by themselves as more clients come. Judging takes
    seconds: it waits until nothing else does, and few may wait for it.

    Args:
        name: Of the run.
        work: What it does.
        batch: How many inputs it does together, at most.
        queue: How many inputs may wait.
        noted: Told the size of each batch.
    """

    def __init__(self, name: str, work: Work, *, batch: int, queue: int, noted: Callable[[int], None]) -> None:
        self.name, self._work, self._batch, self._queue, self._noted = name, work, batch, queue, noted
        self._waiting: deque[_Ticket] = deque()
        self._judging: deque[_Ticket] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        # Where a stop is forced, the program must not wait for a batch.
        self._thread = threading.Thread(target=self._run, name=f"saccade {name}", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """How many inputs wait."""
        return len(self._waiting) + len(self._judging)

    def put(self, wish: Wish, inputs: Sequence[Any]) -> "list[Future[Any]]":
        """Queue inputs, all of them or none; a future that is cancelled before its turn is passed over.

        Raises:
            Problem: They don't fit into the queue, or the server stops.
        """
        tickets = [_Ticket(wish, input, Future()) for input in inputs]
        with self._changed:
            if self._stopping:
                raise Problem(503, "stopping", "The server is stopping.", "Ask again when it has started anew.")
            queue, most = (
                (self._judging, min(self._queue, JUDGED)) if wish.what == "trust" else (self._waiting, self._queue)
            )
            if len(queue) + len(tickets) > most:
                raise Problem(
                    429,
                    "queue_full",
                    f"{len(queue)} inputs wait for {self.name}, and at most {most} may.",
                    "Ask again in a second, with fewer inputs at a time.",
                    {"Retry-After": "1"},
                )
            queue.extend(tickets)
            self._changed.notify()
        return [ticket.future for ticket in tickets]

    def stop(self) -> None:
        """Answer what waits, take nothing more, and end the thread."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while batch := self._next():
            taken = [ticket for ticket in batch if ticket.future.set_running_or_notify_cancel()]
            if taken:
                self._noted(len(taken))
                self._answer(taken)
            # Nothing of an answered request is kept until the next one comes.
            del batch, taken

    def _next(self) -> list[_Ticket]:
        """The next tickets that go together; none when it is time to end."""
        with self._changed:
            while not (queue := self._waiting or self._judging):
                if self._stopping:
                    return []
                self._changed.wait()
            first = queue.popleft()
            batch, most = [first], self._batch if first.wish.what == "answers" else 1
            while len(batch) < most and queue and queue[0].wish == first.wish:
                batch.append(queue.popleft())
            return batch

    def _answer(self, batch: list[_Ticket]) -> None:
        try:
            results = self._work(batch[0].wish, [ticket.input for ticket in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].future.set_exception(error)
                return
            # One that can't be read must not spoil the others.
            for ticket in batch:
                self._answer([ticket])
            return
        for ticket, result in zip(batch, results, strict=True):
            ticket.future.set_result(result)
