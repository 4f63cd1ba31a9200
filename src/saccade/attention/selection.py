"""The promise of a selection: scores become weights."""

from abc import ABC, abstractmethod
from typing import ClassVar

from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.attention.memory import Choice, State
from saccade.errors import OptionError


class Selection(nn.Module, ABC):
    """Turn scores into weights.

    Attributes:
        state_parts: How many tensors it remembers from look to look. Where there are any, looks go one by one.
    """

    state_parts: ClassVar[int] = 0

    @abstractmethod
    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Weigh the keys that the mask allows.

        Args:
            scores: How well each key matches each query.
            mask: True = may be looked at; where it is False, the weight is exactly 0.
            query: What is looking: some selections predict from it where to look.
            state: What the selection handed back at the last look; None at the first.

        Returns:
            The weights, and what to hand in at the next look.
        """

    @property
    def is_rewarded(self) -> bool:
        """Whether looks of training are drawn and learnt by reward: then the loss asks for `choice`."""
        return False

    def choice(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        weights: Float[Tensor, "batch query key"],
    ) -> Choice:
        """How likely these weights, which it drew, were.

        Raises:
            OptionError: It draws nothing.
        """
        raise OptionError(f"The selection `{type(self).__name__}` draws no looks, so that none can be rewarded.")

    def advance(self) -> None:
        """Note that another batch of training begins: what is annealed over batches goes on."""
