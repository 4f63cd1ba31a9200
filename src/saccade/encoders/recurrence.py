"""One cell's run over the steps of a sequence, which may look at its own past."""

from collections.abc import Callable, Iterable
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.attention import Attention, Growing, History, Past
from saccade.cells import Cell, CellState, Repeated

MakeHistory = Callable[[int, int], Attention]
"""Makes an attention, given the width of its queries and of its keys."""


def histories_of(cells: Iterable[nn.Module], make: MakeHistory) -> nn.ModuleList:
    """What looks at the past of each of some cells."""
    return nn.ModuleList(
        History(make(cell.input.in_features + cell.d_state, cell.d_state)) for cell in cells if isinstance(cell, Cell)
    )


@final
class Recurrence:
    """Take one step after the other with one cell: from the state before, or from a look at all earlier ones.

    Make one for each run over a sequence: it holds what belongs to that run (see `Repeated`). The state and the past
    are handed in and handed back.

    Args:
        cell: Takes the steps.
        history: Looks at the past; None: each step starts from the state before.
        steps: How many steps there will be.
    """

    def __init__(self, cell: Cell, history: History | None, steps: int) -> None:
        self._cell, self._history, self._steps = cell, history, steps
        self._recurrent = Repeated(cell.recurrent)
        self._growing: Growing | None = None
        self._looks: list[Tensor] = []

    def __call__(
        self,
        inputs: Float[Tensor, "row d_input"],
        from_input: Float[Tensor, "row blocks_x_d_state"],
        state: CellState,
        past: Past | None = None,
        real: Bool[Tensor, "row 1"] | None = None,
    ) -> tuple[CellState, Past | None]:
        """Take a step.

        Args:
            inputs: What is read.
            from_input: The product that was made of it, and of whatever else enters.
            state: Where the cell is now.
            past: The states that it was in, with a history; None: in none.
            real: In which rows there is a step: in the others the state stays. None: in all.

        Returns:
            Where the cell is then, and its past with that.
        """
        begun = state if self._history is None else self._look(self._history, inputs, state, past)
        stepped = self._cell.advance(from_input, self._recurrent(begun[0]), begun)
        if real is not None:
            stepped = tuple(torch.where(real, new, old) for new, old in zip(stepped, state, strict=True))
        if self._history is not None:
            if self._growing is None:
                self._growing = Growing(self._steps, past and past.prepared)
            past = Past(self._growing.extend(self._history.remember(stepped, real)), begun[0])
        return stepped, past

    def _look(self, history: History, inputs: Tensor, state: CellState, past: Past | None) -> CellState:
        if past is None:
            self._looks.append(state[0].new_zeros(len(state[0]), 1, 0))
            return state
        seen, weights = history(inputs, past)
        self._looks.append(weights)
        return seen

    def show(self, *, backwards: bool = False) -> None:
        """Hand the looks of the run to whoever records; see `History.show`."""
        if self._history is not None:
            self._history.show(self._looks, backwards=backwards)
