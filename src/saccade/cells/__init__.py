"""Recurrent cells: one step of a network, for encoders and decoders alike."""

from saccade.cells.cell import Cell, CellState
from saccade.cells.gru import GRU
from saccade.cells.lstm import LSTM
from saccade.cells.repeated import Repeated
from saccade.cells.rnn import RNN

CELLS: dict[str, type[Cell]] = {"rnn": RNN, "gru": GRU, "lstm": LSTM}

__all__ = ["CELLS", "GRU", "LSTM", "RNN", "Cell", "CellState", "Repeated"]
