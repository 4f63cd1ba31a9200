"""The processes that `torchrun` or `accelerate launch` started together: one of them decides, the others follow."""

import os
from collections.abc import Callable
from typing import Any, TypeVar, cast

from saccade.errors import SaccadeError

Decision = TypeVar("Decision")


def rank() -> int:
    """Give the number of this process, from 0."""
    return int(os.environ.get("RANK", "0"))


def ranks() -> int:
    """Give the number of processes."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Tell whether this process is the one that writes and speaks."""
    return rank() == 0


def decided_by_main(decide: Callable[[], Decision]) -> Decision:
    """Let the main process decide, and all the others know and wait for it; what it refuses, all refuse.

    Args:
        decide: Called on the main process alone; what it gives can be pickled.

    Example:
        >>> decided_by_main(lambda: 7)
        7
    """
    if ranks() == 1:
        return decide()
    decision: Decision | None = None
    refusal: SaccadeError | None = None
    if is_main():
        try:
            decision = decide()
        except SaccadeError as error:
            refusal = error
    decision, refusal = _told([decision, refusal])
    if refusal is not None:
        raise refusal
    return cast(Decision, decision)


def _told(told: list[Any]) -> list[Any]:
    """What the main process says, on all processes."""
    import torch
    from accelerate import PartialState
    from accelerate.utils import broadcast_object_list

    # Joins the processes, if this is the first that they hear of each other, in the way that the loop will find them.
    PartialState(cpu=not torch.accelerator.is_available())
    return broadcast_object_list(told)
