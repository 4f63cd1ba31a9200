"""The encoder reads as torch's networks do, and padding changes nothing."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from saccade.cells import CELLS
from saccade.encoders import ENCODERS, Encoded, RecurrentEncoder, SelfAttentionEncoder

TORCHS: dict[str, type[nn.RNNBase]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
LENGTHS = (7, 3, 1, 5)


def read(encoder: RecurrentEncoder, lengths: tuple[int, ...], width: int) -> tuple[torch.Tensor, torch.Tensor, Encoded]:
    source = torch.zeros(len(lengths), width, dtype=torch.long)
    mask = torch.arange(width) < torch.tensor(lengths)[:, None]
    source[mask] = torch.arange(int(mask.sum())) % 10 + 1
    return source, mask, encoder(source, mask)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("directions", [1, 2])
@pytest.mark.parametrize("layers", [1, 2])
def test_equals_torchs_network_with_the_same_weights(cell: str, directions: int, layers: int):
    embedding = nn.Embedding(11, 3)
    encoder = RecurrentEncoder(embedding, 5, cell=cell, layers=layers, directions=directions).double()
    theirs = TORCHS[cell](3, 5, layers, batch_first=True, bidirectional=directions == 2).double()
    for layer, cells in enumerate(encoder.layers):
        for direction, ours in enumerate(cells):
            suffix = f"_l{layer}" + "_reverse" * direction
            for theirs_name, linear in (("ih", ours.input), ("hh", ours.recurrent)):
                getattr(theirs, f"weight_{theirs_name}{suffix}").data.copy_(linear.weight)
                getattr(theirs, f"bias_{theirs_name}{suffix}").data.copy_(linear.bias)
    source, mask, encoded = read(encoder, LENGTHS, 7)
    packed = pack_padded_sequence(embedding(source), torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False)
    shown, final = theirs(packed)
    expected, _ = pad_packed_sequence(shown, batch_first=True)
    torch.testing.assert_close(encoded.memory.values[mask], expected[mask])
    finals = final if isinstance(final, tuple) else (final,)
    for layer, state in enumerate(encoded.states):
        for ours, all_layers in zip(state, finals, strict=True):
            of_layer = all_layers.unflatten(0, (layers, directions))[layer]
            torch.testing.assert_close(ours, torch.cat(list(of_layer), dim=-1))


@pytest.mark.parametrize("cell", CELLS)
def test_alone_is_as_in_a_padded_batch(cell: str):
    encoder = RecurrentEncoder(nn.Embedding(11, 3), 5, cell=cell, layers=2).double()
    source, _, together = read(encoder, LENGTHS, 13)
    for row, length in enumerate(LENGTHS):
        alone = encoder(source[row : row + 1, :length], torch.ones(1, length, dtype=torch.bool))
        torch.testing.assert_close(together.memory.values[row, :length], alone.memory.values[0], atol=1e-10, rtol=0)
        for ours, theirs in zip(together.states, alone.states, strict=True):
            torch.testing.assert_close([part[row] for part in ours], [part[0] for part in theirs], atol=1e-10, rtol=0)


def test_dropout_is_for_training_only():
    encoder = RecurrentEncoder(nn.Embedding(11, 3), 5, dropout=0.5, embedding_dropout=0.5)
    first, second = (read(encoder, LENGTHS, 7)[2].memory.values for _ in range(2))
    assert not torch.equal(first, second)
    encoder.eval()
    first, second = (read(encoder, LENGTHS, 7)[2].memory.values for _ in range(2))
    torch.testing.assert_close(first, second, atol=0, rtol=0)


def test_every_encoder_is_in_the_table():
    assert {"recurrent": RecurrentEncoder, "self-attention": SelfAttentionEncoder} == ENCODERS
