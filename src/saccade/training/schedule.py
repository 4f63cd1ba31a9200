"""Learning-rate schedules: which share of the full rate an update gets.

A schedule begins where the warm-up ends. It is called with the number of the update (from 1), the length of the
warm-up, and the progress: how much of the training after the warm-up is over, 0 at its first update, 1 at its end.
"""

import math
from collections.abc import Callable

Schedule = Callable[[int, int, float], float]


def constant(update: int, warmup_steps: int, progress: float) -> float:
    """Stay at the full rate."""
    return 1.0


def linear(update: int, warmup_steps: int, progress: float) -> float:
    """Fall to 0 on a straight line."""
    return 1.0 - progress


def cosine(update: int, warmup_steps: int, progress: float) -> float:
    r"""Fall to 0 on half a cosine wave.

    $(1 + \cos \pi p) / 2$ at progress $p$

    Source:
        Loshchilov & Hutter 2017, arXiv:1608.03983, equation 5, without restarts.
    """
    return (1.0 + math.cos(math.pi * progress)) / 2.0


def inverse_sqrt(update: int, warmup_steps: int, progress: float) -> float:
    r"""Fall as one over the root of the number of updates; needs no end to be known.

    $\sqrt{w / u}$ at update $u$ after $w$ steps of warm-up

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 5.3.

    Differs:
        The rate at the end of the warm-up is the option `learning_rate`, not derived from the model's width.
    """
    return math.sqrt(max(warmup_steps, 1) / max(update, 1))


SCHEDULES: dict[str, Schedule] = {
    "constant": constant,
    "cosine": cosine,
    "inverse-sqrt": inverse_sqrt,
    "linear": linear,
}
NEEDS_END = frozenset({"cosine", "linear"})


def share(schedule: str, update: int, *, warmup_steps: int, progress: float, floor: float) -> float:
    """Give the share of the full rate at an update: a straight warm-up, then the schedule, never under the floor.

    Args:
        schedule: A name in `SCHEDULES`.
        update: Number of the update, from 1.
        warmup_steps: Updates in which the rate rises from 0 to 1; 0 for none.
        progress: How much of the training after the warm-up is over, in [0, 1].
        floor: The lowest share after the warm-up, in [0, 1].

    Example:
        >>> [share("linear", u, warmup_steps=2, progress=max(u - 3, 0) / 4, floor=0.3) for u in range(1, 7)]
        [0.5, 1.0, 1.0, 0.75, 0.5, 0.3]
    """
    if update <= warmup_steps:
        return update / warmup_steps
    return max(SCHEDULES[schedule](update, warmup_steps, min(max(progress, 0.0), 1.0)), floor)
