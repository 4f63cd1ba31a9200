"""What a task gives to a training."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import final

from torch import nn

from saccade.training.source import BatchSource, Validate


@final
@dataclass(frozen=True)
class Lesson:
    """What is trained, from what, and how that is judged: everything is read, checked and built.

    Args:
        network: With the random weights of the recipe's seed.
        batches: What it learns from.
        validate: Gives its figures.
        higher_is_better: Of the figures, those that should be high.
        keep: Writes what using the network needs, its weights apart, into a run folder.
        facts: What is worth saying before it begins, such as `35 pairs`.
    """

    network: nn.Module
    batches: BatchSource
    validate: Validate
    higher_is_better: frozenset[str]
    keep: Callable[[Path], None]
    facts: tuple[str, ...]

    @property
    def parameters(self) -> int:
        """How many numbers are learnt."""
        return sum(parameter.numel() for parameter in self.network.parameters())
