"""What every recurrent cell is."""

from abc import ABC, abstractmethod
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor, nn

CellState = tuple[Tensor, ...]
"""What a cell hands to its next step: tensors (batch, d_state), the first of them being what the cell shows."""


class Cell(nn.Module, ABC):
    """One step of a recurrent network, in two parts: products, which can be hoisted, and what is left.

    The input's product does not depend on the state, so a caller that knows all inputs makes it once for all steps
    with `cell.input`; the state's product is made at each step (see `Repeated`); `advance` does the rest.

    Args:
        d_input: Width of an input.
        d_state: Width of the state.
    """

    blocks: ClassVar[int]
    """How many blocks of width d_state the two products have."""
    parts: ClassVar[int] = 1
    """How many tensors the state has."""

    def __init__(self, d_input: int, d_state: int) -> None:
        super().__init__()
        self.d_state = d_state
        self.input = nn.Linear(d_input, self.blocks * d_state)
        self.recurrent = nn.Linear(d_state, self.blocks * d_state)
        for weight in (self.input.weight, self.recurrent.weight):
            for block in weight.data.chunk(self.blocks):
                (nn.init.xavier_uniform_ if weight is self.input.weight else nn.init.orthogonal_)(block)
        for bias in (self.input.bias, self.recurrent.bias):
            nn.init.zeros_(bias)

    def start(self, like: Float[Tensor, "batch any"]) -> CellState:
        """The state before the first step: zeros."""
        return tuple(like.new_zeros(like.shape[0], self.d_state) for _ in range(self.parts))

    @abstractmethod
    def advance(
        self,
        from_input: Float[Tensor, "batch blocks_x_d_state"],
        from_state: Float[Tensor, "batch blocks_x_d_state"],
        state: CellState,
    ) -> CellState:
        """Take one step, given both products."""
