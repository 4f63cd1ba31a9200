"""The sentences of a batch that are still being written."""

from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Int

from saccade.search.limits import Limits
from saccade.search.step import Step
from saccade.tree import Tree, device_of, reorder

# A sentence that has ended costs its share of every step to come; dropping any costs a copy of what was read.
_LEAVING = 1 / 16


@final
class Sentences:
    """The sentences that are still being written, in the places ("slots") of the batch.

    Those with a maximum length of 0 never enter it.

    Args:
        step: The model over all sentences.
        limits: Where each of them ends.
    """

    def __init__(self, step: Step, limits: Limits) -> None:
        self._limits = limits
        self.count = len(limits.max_lengths)
        self.numbers = [number for number, longest in enumerate(limits.max_lengths) if longest]
        self.step = step
        self.state: Tree = step.start() if self.numbers else None
        self.device = device_of(self.state)
        if 0 < len(self.numbers) < self.count:
            entering = torch.tensor(self.numbers, device=self.device)
            self.step = step.keep(entering)
            self.state = reorder(self.state, entering)
        self._refresh()

    def _refresh(self) -> None:
        self.writing = [True] * len(self.numbers)
        self.slots = np.full(self.count, -1)
        self.slots[self.numbers] = np.arange(len(self.numbers))
        longest = [float(self._limits.max_lengths[number]) for number in self.numbers]
        self.longest = torch.tensor(longest, device=self.device)

    def end(self, ended: Sequence[bool]) -> list[int]:
        """Note which slots have ended, and hand back those that had not before."""
        newly = [slot for slot, (now, writing) in enumerate(zip(ended, self.writing, strict=True)) if now and writing]
        for slot in newly:
            self.writing[slot] = False
        return newly

    def leave(self) -> Int[torch.Tensor, " kept"] | None:
        """Drop the ended sentences where so many have ended that going on without them is cheaper.

        Returns:
            The slots that stay, now numbered from 0; None where all stay for the time being, or all have ended.
        """
        ended = len(self.writing) - sum(self.writing)
        if ended in (0, len(self.writing)) or ended < len(self.writing) * _LEAVING:
            return None
        staying = [slot for slot, writing in enumerate(self.writing) if writing]
        self.numbers = [self.numbers[slot] for slot in staying]
        self._refresh()
        kept = torch.tensor(staying, device=self.device)
        self.step = self.step.keep(kept)
        return kept
