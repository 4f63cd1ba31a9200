"""The switch that says somebody records: modules hand out what they saw, and do nothing for it while nobody listens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

import torch
from jaxtyping import Bool
from torch import Tensor, nn


class Real(NamedTuple):
    """Which of the items that a map tells apart are no padding: True = a real one; None = all, or not known."""

    queries: Bool[Tensor, "batch query"] | None = None
    keys: Bool[Tensor, "batch key"] | None = None


ALL_REAL: Final = Real()
Listener = Callable[[nn.Module, Tensor, Real], None]
"""Is called with a module, its map, and what of it is real, as soon as the module has made it."""

_LISTENERS: Final[ContextVar[tuple[Listener, ...]]] = ContextVar("listeners", default=())


def is_recording() -> bool:
    """Whether somebody listens: what is made only to be shown is made only then.

    Compiled code never shows: what it would hand out is not there to be had.
    """
    return not torch.compiler.is_compiling() and bool(_LISTENERS.get())


def show(module: nn.Module, weights: Tensor, real: Real = ALL_REAL) -> None:
    """Hand a module's map to whoever listens.

    Args:
        module: Whose map it is.
        weights: The map, batch first.
        real: What of it is no padding.

    Example:
        >>> seen = []
        >>> with listening(lambda module, weights, real: seen.append(tuple(weights.shape))):
        ...     show(nn.Identity(), torch.zeros(2, 3))
        >>> seen
        [(2, 3)]
    """
    if is_recording():
        for listener in _LISTENERS.get():
            listener(module, weights, real)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Call `listener` for every map that is shown in this context, that is: in this thread, and within the block."""
    token = _LISTENERS.set((*_LISTENERS.get(), listener))
    try:
        yield
    finally:
        _LISTENERS.reset(token)
