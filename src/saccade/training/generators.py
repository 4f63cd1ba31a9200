"""The random generators of a process: their states as plain data, put back on resuming."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


def generator_states() -> dict[str, Any]:
    """Read the states of torch's, its accelerators', numpy's and Python's generators, as JSON can hold them."""
    numpy_state = dict(np.random.get_state(legacy=False))
    inner = dict(numpy_state["state"])
    return {
        "torch": torch.get_rng_state().numpy().tobytes().hex(),
        "cuda": [state.numpy().tobytes().hex() for state in torch.cuda.get_rng_state_all()],
        "numpy": {**numpy_state, "state": {**inner, "key": inner["key"].tolist()}},
        "python": random.getstate(),
    }


def restore_generators(states: dict[str, Any]) -> None:
    """Put back what `generator_states` read, also after a way through JSON."""
    torch.set_rng_state(_tensor(states["torch"]))
    if torch.cuda.is_available():
        torch.cuda.set_rng_state_all([_tensor(state) for state in states["cuda"]])
    numpy_state = states["numpy"]
    key = np.array(numpy_state["state"]["key"], dtype=np.uint32)
    np.random.set_state({**numpy_state, "state": {**numpy_state["state"], "key": key}})
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed all generators, and put the caller's states back at the end: a training leaves nothing behind.

    Example:
        >>> with seeded(7):
        ...     first = torch.rand(3)
        >>> with seeded(7):
        ...     print(torch.equal(first, torch.rand(3)))
        True
    """
    before = generator_states()
    torch.manual_seed(seed)
    np.random.seed(seed % 2**32)
    random.seed(seed)
    try:
        yield
    finally:
        restore_generators(before)


def _tensor(state: str) -> torch.Tensor:
    return torch.frombuffer(bytearray.fromhex(state), dtype=torch.uint8)
