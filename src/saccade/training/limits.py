"""When a training ends, how much of it is over, and what that means for the learning rate."""

import math
from typing import Literal, final

from saccade.training.checkpoint import Position
from saccade.training.options import TrainingOptions
from saccade.training.schedule import share

Ending = Literal["epochs", "updates", "minutes", "patience"]


@final
class Limits:
    """Hold a position against the limits that the options set.

    Args:
        options: With at least one limit.
        batches_an_epoch: Batches of the first epoch, on each process; the others are taken to have as many.
    """

    def __init__(self, options: TrainingOptions, batches_an_epoch: int) -> None:
        self._options = options
        self._seconds = math.inf if options.max_minutes is None else options.max_minutes * 60
        by_epochs = math.inf
        if options.max_epochs is not None:
            by_epochs = options.max_epochs * math.ceil(batches_an_epoch / options.accumulate)
        self._updates = min(by_epochs, math.inf if options.max_updates is None else options.max_updates)

    def ended_by(self, at: Position) -> Ending | None:
        """Name the limit that is reached, if one is."""
        options = self._options
        reached: dict[Ending, bool] = {
            "epochs": options.max_epochs is not None and at.epoch > options.max_epochs,
            "updates": options.max_updates is not None and at.update >= options.max_updates,
            "minutes": at.elapsed_s >= self._seconds,
            "patience": options.patience is not None and at.waited >= options.patience,
        }
        return next((limit for limit, is_reached in reached.items() if is_reached), None)

    def learning_rate(self, at: Position) -> float:
        """Give the learning rate of the coming update.

        Example:
            >>> limits = Limits(TrainingOptions(max_epochs=2, learning_rate=0.1, warmup_steps=2), batches_an_epoch=3)
            >>> [round(limits.learning_rate(Position(update=done)), 3) for done in range(6)]
            [0.05, 0.1, 0.1, 0.075, 0.05, 0.025]
        """
        options = self._options
        if options.follows_clock:
            progress = at.elapsed_s / self._seconds
        else:
            progress = (at.update - options.warmup_steps) / max(self._updates - options.warmup_steps, 1)
        return options.learning_rate * share(
            options.schedule, at.update + 1, warmup_steps=options.warmup_steps, progress=progress, floor=options.floor
        )

    def done(self, at: Position) -> float:
        """Give the share of the training that is over, by the limit that is nearest."""
        return min(max(at.update / self._updates, at.elapsed_s / self._seconds), 1.0)

    def left_s(self, at: Position, since: Position) -> float | None:
        """Estimate the seconds to the end from what was done since a position; None where no end is known.

        Example:
            >>> limits = Limits(TrainingOptions(max_updates=50), batches_an_epoch=7)
            >>> limits.left_s(Position(update=20, elapsed_s=31.0), since=Position(update=10, elapsed_s=11.0))
            60.0
        """
        by_clock = self._seconds - at.elapsed_s
        by_updates = math.inf
        if at.update > since.update:
            by_updates = (self._updates - at.update) * (at.elapsed_s - since.elapsed_s) / (at.update - since.update)
        left = min(by_clock, by_updates)
        return max(left, 0.0) if math.isfinite(left) else None


def steps_between(before: float, after: float, every: float) -> int:
    """Count the multiples of `every` in (before, after]; a hair's breadth of rounding does not make it one less.

    Example:
        >>> steps_between(0.25, 0.5, every=0.5), steps_between(0.5, 0.75, every=0.5)
        (1, 0)
    """
    return math.floor(after / every + 1e-9) - math.floor(before / every + 1e-9)
