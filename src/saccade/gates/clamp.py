"""Gates that are held: they weigh by a map that is given them, whatever they see."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

import torch
from torch import Tensor, nn

_HELD: Final[ContextVar[Mapping[nn.Module, Tensor]]] = ContextVar("held", default=MappingProxyType({}))


def held(gate: nn.Module) -> Tensor | None:
    """The map that a gate has to weigh by in this context; None: its own.

    Compiled code always weighs by its own.
    """
    return None if torch.compiler.is_compiling() else _HELD.get().get(gate)


@contextmanager
def clamped(maps: Mapping[nn.Module, Tensor]) -> Iterator[None]:
    """Hold gates to maps in this context, that is: in this thread, and within the block.

    What a gate does with its map stays as it is: one that is residual weighs by 1 + map, one that sums up scales sums
    them as weighed. Whoever records is shown the map that is held.

    Args:
        maps: For each gate that is held, what it weighs by: of the shape of its own map, for each example of the batch,
            or of one example for all of them. Other gates go on as they are, and so does a gate held by a block
            around this one.

    Example:
        >>> from saccade.gates import Spatial, clamped
        >>> gate = Spatial(3)
        >>> with clamped({gate: torch.zeros(1, 1, 5, 7)}):
        ...     print(gate(torch.ones(2, 3, 5, 7)).sum().item())
        0.0
    """
    token = _HELD.set({**_HELD.get(), **maps})
    try:
        yield
    finally:
        _HELD.reset(token)
