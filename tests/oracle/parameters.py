"""The parameters of the package's modules under the oracle's names, so that gradients flow back to the modules."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from saccade.attention import History
from saccade.cells import Cell
from saccade.decoders import RecurrentDecoder
from saccade.encoders import RecurrentEncoder
from saccade.models import SequenceToSequence

from . import attention, decoder, history, looking, recurrent


def of_cell(cell: nn.Module) -> dict[str, Tensor]:
    """Name a cell's parameters."""
    assert isinstance(cell, Cell)
    return {
        "weight_ih": cell.input.weight,
        "weight_hh": cell.recurrent.weight,
        "bias_ih": cell.input.bias,
        "bias_hh": cell.recurrent.bias,
    }


def of_decoder(module: RecurrentDecoder, vocabulary: nn.Linear) -> dict[str, Tensor]:
    """Name the parameters of a decoder, of its readout and of its vocabulary layer."""
    named = {
        f"cell.{layer}.{name}": tensor
        for layer, cell in enumerate(module.cells)
        for name, tensor in of_cell(cell).items()
    }
    named["cell.0.weight_ih.embedding"] = named.pop("cell.0.weight_ih")
    if module.from_context is not None:
        named["cell.0.weight_ih.context"] = module.from_context.weight
    if module.from_feed is not None:
        named["cell.0.weight_ih.fed"] = module.from_feed.weight
    d_state, d_embedding = named["cell.0.weight_hh"].shape[1], module.embedding.embedding_dim
    d_context = module.readout.mix.in_features - d_state - d_embedding
    parts = module.readout.mix.weight.split([d_state, d_context, d_embedding], dim=1)
    named |= dict(zip(("readout.state", "readout.context", "readout.embedding"), parts, strict=True))
    return named | {
        "embedding": module.embedding.weight,
        "readout.bias": module.readout.mix.bias,
        "vocabulary.weight": vocabulary.weight,
        "vocabulary.bias": vocabulary.bias,
    }


def read(encoder: RecurrentEncoder, cell: str, source: Sequence[int]) -> tuple[Tensor, list[recurrent.State]]:
    """Read one sentence by the oracle with an encoder's parameters; give its annotations, each layer's last state."""
    layers = []
    for directions in encoder.layers:
        assert isinstance(directions, nn.ModuleList)
        layers.append([of_cell(direction) for direction in directions])
    words = [encoder.embedding.weight[word] for word in source]
    if encoder.histories is None:
        outputs, states = recurrent.encode(cell, layers, words)
    else:
        looks = [[looks_back(one) for one in both] for both in encoder.histories if isinstance(both, nn.ModuleList)]
        outputs, states = history.encode(cell, layers, looks, words)
    return torch.stack(outputs), states


def looks_back(module: nn.Module) -> history.LookBack:
    """Look at a network's own past by the oracle, with the parameters of a module."""
    assert isinstance(module, History)
    score, selection = looking.score_of(module.attention), looking.selection_of(module.attention)

    def look(query: Tensor, keys: Sequence[Tensor]) -> Tensor:
        stacked = torch.stack(list(keys))
        return attention.look(score, selection, query, stacked, stacked, [True] * len(keys))[1]

    return look


def cross(module: RecurrentDecoder, states: Sequence[recurrent.State]) -> list[recurrent.State]:
    """Give each layer of the decoder its first state: the encoder's own, or tanh(W h + b) of it.

    Bahdanau 2015, appendix A.2.2, has tanh(W h) for its one layer. A decoder's state with more parts than the
    encoder's starts the further ones from what the encoder showed.
    """
    if not len(module.bridge.layers):
        return list(states)
    crossed = []
    for linears, state in zip(module.bridge.layers, states, strict=True):
        assert isinstance(linears, nn.ModuleList)
        given = [state[part] if part < len(state) else state[0] for part in range(len(linears))]
        crossed.append(tuple(through(linear, vector) for linear, vector in zip(linears, given, strict=True)))
    return crossed


def through(linear: nn.Module, vector: Tensor) -> Tensor:
    """tanh(W x + b)."""
    assert isinstance(linear, nn.Linear)
    return torch.tanh(attention.product(linear.weight, vector) + linear.bias)


def write(
    model: SequenceToSequence, kind: decoder.Kind, encoder_cell: str, source: Sequence[int], words: Sequence[int]
) -> decoder.Written:
    """Read one source and write after the given words, by the oracle with a model's parameters."""
    memory, states = read(model.encoder, encoder_cell, source)
    module = model.decoder
    fixed = None if module.summary is None else through(module.summary.squeeze, states[-1][0])
    first = cross(module, states)
    look = None if module.attention is None else looking.looker(module.attention, memory)
    back = None
    if module.histories is not None:
        back = decoder.LooksBack(first, [looks_back(one) for one in module.histories])
    return decoder.decode(kind, of_decoder(module, model.vocabulary), words, first, fixed, look, back)
