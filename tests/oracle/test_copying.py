"""Copying against the paper's formula: the loss, plain and smoothed, the search's distribution, and every gradient."""

from typing import Literal

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from saccade.data.batches import Batch
from saccade.decoders import Copying
from saccade.models import DecoderOptions, Embeddings, EncoderOptions, OutputOptions, SequenceToSequence, assemble

from . import copying, parameters
from .comparing import assert_same, padded, shake
from .decoder import Kind, _read_out

# 3 is the unknown word, twice in the first source; some targets are not in their source.
SOURCES = [[4, 3, 5, 3, 4, 2], [7, 2], [6, 3, 2]]
TARGETS = [[1, 3, 4, 9, 2], [1, 5, 7, 3, 2], [1, 2]]
TYPES, SMOOTHING = 11, 0.1
WAYS = [("previous-state", False), ("current-state", False), ("previous-state", True), ("current-state", True)]
Query = Literal["previous-state", "current-state"]


def build(query: Query, feeding: bool) -> SequenceToSequence:
    model = assemble(
        TYPES,
        TYPES,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=7, d_readout=13, query=query, input_feeding=feeding),
        output=OutputOptions("copying"),
        embeddings=Embeddings(3),
    )
    return shake(model)


def distributions(model: SequenceToSequence, kind: Kind, source: list[int], words: list[int]) -> list[Tensor]:
    """The oracle's probabilities of every word, at each step."""
    assert isinstance(model.output, Copying)
    u, b = model.output.writes.weight[0], model.output.writes.bias[0]
    written = parameters.write(model, kind, "gru", source, words)
    memory, _ = parameters.read(model.encoder, "gru", source)
    p = parameters.of_decoder(model.decoder, model.vocabulary)
    found = []
    for word, states, weights, logits in zip(words, written.states, written.weights, written.logits, strict=True):
        assert weights is not None
        context = torch.stack([weights[k] * memory[k] for k in range(len(source))]).sum(0)
        readout = _read_out(p, states[-1][0], context, p["embedding"][word])
        found.append(copying.probabilities(logits, weights, source, readout, u, b))
    return found


@pytest.mark.parametrize(("query", "feeding"), WAYS)
def test_loss_and_gradients_are_the_papers(query: Query, feeding: bool):
    model, kind = build(query, feeding), Kind("gru", "attention", query, feeding)
    chosen, means = [], []
    for source, target in zip(SOURCES, TARGETS, strict=True):
        for probabilities, word in zip(distributions(model, kind, source, target[:-1]), target[1:], strict=True):
            chosen.append(probabilities[word].log())
            means.append(probabilities.log().mean())
    log_prob, mean = torch.stack(chosen).sum(), torch.stack(means).sum()
    batch = Batch(*padded(SOURCES), *padded(TARGETS))
    ours = [model(batch, SMOOTHING).total, model(batch).total]
    assert_same(model, ours, [-(1 - SMOOTHING) * log_prob - SMOOTHING * mean, -log_prob])


@pytest.mark.parametrize(("query", "feeding"), WAYS)
def test_search_has_each_unknown_position_as_a_token_of_its_own(query: Query, feeding: bool):
    model, kind = build(query, feeding), Kind("gru", "attention", query, feeding)
    with torch.no_grad():
        step = model.read(*padded(SOURCES))
        state, last, words = step.start(), [1, 1, 1], [[1], [1], [1]]
        for following in ([4, 7, 2], [TYPES + 1, 5, TYPES + 1]):
            output = step(torch.tensor(last), state)
            state = output.state
            assert output.log_probs.shape == (3, TYPES + 6)
            assert_close(output.log_probs.exp().sum(1), torch.ones(3, dtype=torch.double))
            for row, source in enumerate(SOURCES):
                expected = distributions(model, kind, source, words[row])[-1]
                ours = output.log_probs[row].exp()
                places = [place for place, word in enumerate(source) if word == 3]
                assert (ours[TYPES:].nonzero().flatten().tolist()) == places
                # What is copied of unknown words is told apart by place; the rest is as it was.
                together = ours[:TYPES].clone()
                together[3] += ours[TYPES:].sum()
                assert_close(together, expected)
            last = following
            # What was copied out is read back as the unknown word.
            words = [[*before, token if token < TYPES else 3] for before, token in zip(words, last, strict=True)]
