"""The recurrent encoder against the slow loops over one sentence at a time: memory, last states, every gradient."""

import pytest
import torch
from torch import nn

from saccade.cells import CELLS
from saccade.encoders import RecurrentEncoder

from . import parameters
from .comparing import assert_same, padded, shake

D_EMBEDDING, D_STATE, TYPES = 5, 7, 13
SOURCES = [[4, 9, 11, 5, 2], [7, 2], [12, 3, 3, 2]]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("directions", [1, 2])
def test_encoder_is_the_papers_on_a_padded_batch(cell: str, layers: int, directions: int):
    embedding = nn.Embedding(TYPES, D_EMBEDDING)
    encoder = shake(RecurrentEncoder(embedding, D_STATE, cell=cell, layers=layers, directions=directions))
    source, mask = padded(SOURCES)
    memory, states = encoder(source, mask)
    annotations, lasts = zip(*(parameters.read(encoder, cell, row) for row in SOURCES), strict=True)
    stacked = [
        torch.stack([last[layer][part] for last in lasts])
        for layer, state in enumerate(states)
        for part in range(len(state))
    ]
    ours = [memory.keys[mask], memory.values[mask], *(part for state in states for part in state)]
    assert_same(encoder, ours, [torch.cat(annotations), torch.cat(annotations), *stacked])
    assert torch.equal(memory.mask, mask)
