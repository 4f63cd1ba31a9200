"""Long short-term memory."""

from typing import ClassVar, final

import torch
from torch import Tensor

from saccade.cells.cell import Cell, CellState


@final
class LSTM(Cell):
    r"""Keep a cell beside what is shown, with gates for writing, keeping and showing.

    $i, f, o = \sigma(W x + b + U h + c)$ block by block, $g = \tanh(W_g x + b_g + U_g h + c_g)$,
    $c' = f ⊙ c + i ⊙ g$, $h' = o ⊙ \tanh(c')$

    Args:
        d_input: Width of an input.
        d_state: Width of the state.

    Source:
        Hochreiter and Schmidhuber 1997, with the forget gate of Gers 2000.

    Differs:
        No peepholes; the blocks stand in the order i, f, g, o of `torch.nn.LSTM`. The forget gate's bias starts at
        one (Jozefowicz 2015).
    """

    blocks: ClassVar[int] = 4
    parts: ClassVar[int] = 2

    def __init__(self, d_input: int, d_state: int) -> None:
        super().__init__(d_input, d_state)
        self.input.bias.data[d_state : 2 * d_state] = 1.0

    def advance(self, from_input: Tensor, from_state: Tensor, state: CellState) -> CellState:
        _, kept = state
        write, keep, value, show = (from_input + from_state).chunk(4, dim=1)
        kept = torch.sigmoid(keep) * kept + torch.sigmoid(write) * torch.tanh(value)
        return torch.sigmoid(show) * torch.tanh(kept), kept
