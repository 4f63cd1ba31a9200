"""How the state of an encoder becomes the first state of a decoder."""

from typing import final

import torch
from torch import nn

from saccade.cells import CELLS, CellState


@final
class Bridge(nn.Module):
    """Start each layer of a decoder from the same layer of the encoder, or from the one state that it has for all.

    Directly where widths and cells agree (a one-way encoder); where they do not, through a learnt layer with tanh for
    each tensor of the state.

    Args:
        d_encoder: Width of the encoder's state in one layer, directions side by side.
        d_decoder: Width of the decoder's state.
        encoder_cell: A name in `CELLS`; None where the encoder's state is not a cell's: then it is never direct.
        decoder_cell: A name in `CELLS`.
        layers: Layers of the decoder.

    Source:
        The direct start: Sutskever 2014, arXiv:1409.3215; the learnt one: Bahdanau 2015, arXiv:1409.0473, A.2.2.

    Differs:
        Bahdanau starts from the backward encoder's state alone; here both directions are given.
    """

    def __init__(
        self, d_encoder: int, d_decoder: int, encoder_cell: str | None, decoder_cell: str, layers: int
    ) -> None:
        super().__init__()
        direct = d_encoder == d_decoder and encoder_cell == decoder_cell
        self.d_decoder, self.decoder_cell, self.depth = d_decoder, decoder_cell, layers
        self.parts = CELLS[decoder_cell].parts
        self.layers = nn.ModuleList(
            nn.ModuleList(nn.Linear(d_encoder, d_decoder) for _ in range(self.parts))
            for _ in range(0 if direct else layers)
        )

    def forward(self, states: tuple[CellState, ...]) -> tuple[CellState, ...]:
        if not self.layers:
            return states
        if len(states) == 1:
            states = states * self.depth
        return tuple(self._cross(layer, state) for layer, state in zip(self.layers, states, strict=True))

    def _cross(self, layer: nn.Module, state: CellState) -> CellState:
        assert isinstance(layer, nn.ModuleList)
        # A cell with more parts than the encoder's (lstm after gru) starts its further parts from what was shown.
        given = [state[min(part, len(state) - 1)] for part in range(self.parts)]
        return tuple(torch.tanh(linear(part)).to(part.dtype) for linear, part in zip(layer, given, strict=True))
