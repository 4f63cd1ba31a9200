"""The queue and its thread: order, batches, bounds, and what a stop leaves undone, which is nothing."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import pytest

from saccade.server.problem import Problem
from saccade.server.worker import Wish, Worker


class Slow:
    """Work that waits to be let go, and writes down what it was given."""

    def __init__(self) -> None:
        self.done: list[list[Any]] = []
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self, wish: Wish, inputs: Sequence[Any]) -> list[str]:
        self.began.set()
        assert self.go.wait(30)
        self.done.append(list(inputs))
        if "bad" in inputs:
            raise ValueError("bad")
        return [f"{wish.n_best} {input}" for input in inputs]


ANSWERS, SEVERAL = Wish("answers"), Wish("answers", 2)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def sizes() -> list[int]:
    return []


@pytest.fixture
def worker(slow: Slow, sizes: list[int]) -> Iterator[Worker]:
    """A worker that is busy with its first input."""
    made = Worker("a", slow, batch=3, queue=7, noted=sizes.append)
    made.put(ANSWERS, ["first"])
    assert slow.began.wait(30)
    yield made
    slow.go.set()
    made.stop()


def test_what_waits_is_done_together_in_order(worker: Worker, slow: Slow, sizes: list[int]) -> None:
    futures = [*worker.put(ANSWERS, ["a", "b"]), *worker.put(ANSWERS, ["c", "d"]), *worker.put(SEVERAL, ["e", "f"])]
    slow.go.set()
    assert [future.result(30) for future in futures] == ["1 a", "1 b", "1 c", "1 d", "2 e", "2 f"]
    assert slow.done == [["first"], ["a", "b", "c"], ["d"], ["e", "f"]]
    assert sizes == [1, 3, 1, 2]


@pytest.mark.parametrize("what", ["look", "trust"])
def test_looks_are_done_one_by_one(worker: Worker, slow: Slow, what: Literal["look", "trust"]) -> None:
    futures = worker.put(Wish(what), ["a", "b"])
    slow.go.set()
    assert [future.result(30) for future in futures] == ["1 a", "1 b"]
    assert slow.done == [["first"], ["a"], ["b"]]


def test_judging_waits_until_nothing_else_does(worker: Worker, slow: Slow) -> None:
    judged = worker.put(Wish("trust"), list("jk"))
    others = [*worker.put(ANSWERS, ["a"]), *worker.put(Wish("look"), ["b"])]
    assert worker.waiting == 4
    with pytest.raises(Problem, match="2 inputs wait for a, and at most 4 may"):
        worker.put(Wish("trust"), list("lmn"))
    slow.go.set()
    assert [future.result(30) for future in [*judged, *others]] == ["1 j", "1 k", "1 a", "1 b"]
    assert slow.done == [["first"], ["a"], ["b"], ["j"], ["k"]]


def test_a_full_queue_refuses_all_or_nothing(worker: Worker, slow: Slow) -> None:
    worker.put(ANSWERS, list("abcde"))
    with pytest.raises(Problem, match="5 inputs wait for a, and at most 7 may") as refused:
        worker.put(ANSWERS, list("fgh"))
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "1"})
    assert worker.waiting == 5
    worker.put(ANSWERS, list("fg"))


def test_one_that_is_bad_does_not_spoil_the_others(worker: Worker, slow: Slow) -> None:
    good, bad, other = worker.put(ANSWERS, ["a", "bad", "c"])
    slow.go.set()
    assert (good.result(30), other.result(30)) == ("1 a", "1 c")
    with pytest.raises(ValueError, match="bad"):
        bad.result(30)


def test_what_nobody_waits_for_is_not_done(worker: Worker, slow: Slow) -> None:
    given_up, other = worker.put(ANSWERS, ["a", "b"])
    assert given_up.cancel()
    slow.go.set()
    assert other.result(30) == "1 b"
    assert slow.done == [["first"], ["b"]]


def test_a_stop_finishes_what_waits_and_takes_nothing_more(slow: Slow) -> None:
    worker = Worker("a", slow, batch=2, queue=7, noted=lambda size: None)
    futures = worker.put(ANSWERS, list("abcde"))
    slow.go.set()
    worker.stop()
    assert [future.result(0) for future in futures] == ["1 a", "1 b", "1 c", "1 d", "1 e"]
    with pytest.raises(Problem, match="stopping") as refused:
        worker.put(ANSWERS, ["f"])
    assert refused.value.status == 503
