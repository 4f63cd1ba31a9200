"""What an encoder gives."""

from typing import NamedTuple

from saccade.attention import Memory
from saccade.cells import CellState


class Encoded(NamedTuple):
    """What was read.

    Attributes:
        memory: What a decoder can look at.
        states: The final state of each layer, its directions side by side: tensors (batch, directions * d_state); or
            one state for all layers, from an encoder whose layers have none.
    """

    memory: Memory
    states: tuple[CellState, ...]
