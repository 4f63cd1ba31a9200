"""The simple recurrent cell."""

from typing import ClassVar, final

import torch
from torch import Tensor

from saccade.cells.cell import Cell, CellState


@final
class RNN(Cell):
    r"""Mix input and state.

    $h' = \tanh(W x + b + U h + c)$

    Args:
        d_input: Width of an input.
        d_state: Width of the state.

    Source:
        Elman 1990, "Finding structure in time".
    """

    blocks: ClassVar[int] = 1

    def advance(self, from_input: Tensor, from_state: Tensor, state: CellState) -> CellState:
        return (torch.tanh(from_input + from_state),)
