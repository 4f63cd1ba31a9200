"""A recurrent network over a memory: the same as one over tokens, and what a look brings back."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from saccade.attention import Memory
from saccade.encoders import RecurrentEncoder, RecurrentMemory


def items() -> Memory:
    torch.manual_seed(3)
    values = torch.randn(2, 7, 3)
    return Memory(values, values, None, tuple(range(7)))


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("directions", [1, 2])
def test_is_the_encoder_of_texts_over_other_items(cell: str, layers: int, directions: int) -> None:
    options = {"cell": cell, "layers": layers, "directions": directions}
    read = RecurrentMemory(3, d_state=5, **options)  # pyright: ignore[reportArgumentType]
    tokens = RecurrentEncoder(nn.Embedding(14, 3), d_state=5, **options)  # pyright: ignore[reportArgumentType]
    tokens.layers.load_state_dict(read.layers.state_dict())
    memory = items()
    with torch.no_grad():
        tokens.embedding.weight.copy_(memory.values.flatten(0, 1))
    expected = tokens(torch.arange(14).reshape(2, 7), torch.ones(2, 7, dtype=torch.bool))
    found = read(memory)
    assert_close(found.memory.values, expected.memory.values)
    assert_close(found.states, expected.states)
    assert found.memory.items == memory.items
    assert read.d_state == directions * 5


def test_values_may_be_the_items_as_they_were() -> None:
    memory = items()
    found = RecurrentMemory(3, d_state=5, values="items")(memory)
    assert found.memory.values is memory.values
    assert found.memory.keys.shape == (2, 7, 10)
