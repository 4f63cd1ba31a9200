"""Cells above each other, step by step: what a recurrent decoder goes on with."""

from collections.abc import Iterable, Sequence
from typing import final

from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention import History, Past
from saccade.cells import Cell, CellState, Repeated
from saccade.encoders.recurrence import Recurrence

Pasts = tuple[Past, ...] | None
"""The past of each layer; None where no layer looks at it."""


@final
class Stack:
    """Take one step after the other with all layers; make one for each run (see `Recurrence`).

    Args:
        cells: The cell of each layer.
        histories: What looks at each layer's own past; None: nothing does.
        dropout: Drops of what passes between layers.
        steps: How many steps there will be.
    """

    def __init__(
        self, cells: Iterable[nn.Module], histories: Iterable[nn.Module] | None, dropout: nn.Module, steps: int
    ) -> None:
        layers = [cell for cell in cells if isinstance(cell, Cell)]
        looking = [None] * len(layers) if histories is None else [one for one in histories if isinstance(one, History)]
        self._recurrences = [Recurrence(cell, one, steps) for cell, one in zip(layers, looking, strict=True)]
        self._upward = [Repeated(cell.input) for cell in layers[1:]]
        self._dropout = dropout

    def __call__(
        self,
        token: Float[Tensor, "row d_embedding"],
        from_input: Float[Tensor, "row blocks_x_d_state"],
        states: Sequence[CellState],
        pasts: Pasts,
    ) -> tuple[tuple[CellState, ...], Pasts]:
        """Take a step.

        Args:
            token: What was written last.
            from_input: The lowest cell's product of it, and of whatever else enters there.
            states: Where each layer is.
            pasts: What each layer knows of its past.
        """
        stepped: list[CellState] = []
        noted: list[Past] = []
        read = token
        for layer, (recurrence, state) in enumerate(zip(self._recurrences, states, strict=True)):
            if layer:
                read = self._dropout(stepped[-1][0])
                from_input = self._upward[layer - 1](read)
            state, past = recurrence(read, from_input, state, None if pasts is None else pasts[layer])
            stepped.append(state)
            if past is not None:
                noted.append(past)
        return tuple(stepped), tuple(noted) or None

    def show(self) -> None:
        """Hand each layer's looks at its past to whoever records."""
        for recurrence in self._recurrences:
            recurrence.show()
