"""What modules show is heard by those who listen, and by nobody else."""

import threading

import torch
from torch import Tensor, nn

from saccade.recording import is_recording, listening, show

MODULE = nn.Identity()


def shown(heard: list[Tensor]) -> list[Tensor]:
    show(MODULE, torch.ones(2, 3))
    return heard


def test_nobody_hears_when_nobody_listens() -> None:
    heard: list[Tensor] = []
    with listening(lambda _, weights, __: heard.append(weights)):
        assert is_recording()
    assert not is_recording()
    assert shown(heard) == []


def test_all_who_listen_hear() -> None:
    inner: list[Tensor] = []
    outer: list[Tensor] = []
    with listening(lambda _, weights, __: outer.append(weights)):
        with listening(lambda _, weights, __: inner.append(weights)):
            shown(inner)
        shown(outer)
    assert (len(inner), len(outer)) == (1, 2)


def test_another_thread_is_not_overheard() -> None:
    heard: list[Tensor] = []
    with listening(lambda _, weights, __: heard.append(weights)):
        thread = threading.Thread(target=shown, args=(heard,))
        thread.start()
        thread.join()
    assert heard == []
