"""The promise of a score: how well each key matches a query."""

from abc import ABC, abstractmethod
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention.memory import State
from saccade.checks import check_positive
from saccade.errors import OptionError


class Score(nn.Module, ABC):
    """Say how well each key matches a query.

    Args:
        d_query: Width of a query.
        d_key: Width of a key.

    Attributes:
        state_parts: How many tensors it remembers from look to look. Where there are any, looks go one by one.

    Raises:
        OptionError: A width below 1.
    """

    state_parts: ClassVar[int] = 0

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__()
        check_positive(d_query=d_query, d_key=d_key)
        self.d_query = d_query
        self.d_key = d_key

    @abstractmethod
    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_score"]:
        """Do once for a sequence whatever does not depend on the query."""

    @abstractmethod
    def forward(
        self, query: Float[Tensor, "batch query d_query"], keys: Float[Tensor, "batch key d_score"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Score each prepared key for each query; the scores need not be normalised.

        Args:
            query: What is looking.
            keys: What `prepare` gave.
            state: What `next_state` gave after the last look; None at the first.
        """

    def next_state(self, weights: Float[Tensor, "batch query key"], state: State) -> State:
        """What to remember of a look, where the score depends on those before: here, nothing."""
        return None


def check_same_width(score: str, d_query: int, d_key: int) -> None:
    """Refuse queries and keys of different width where they are multiplied item by item.

    Raises:
        OptionError: The widths differ.
    """
    if d_query != d_key:
        raise OptionError(
            f"The score `{score}` needs queries as wide as keys, but `d_query` is {d_query} and `d_key` is {d_key}. "
            "Make them equal, or use `general` or `additive`, which take any widths."
        )
