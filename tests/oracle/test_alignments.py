"""Exact hard attention against the sum over all alignments: log-likelihood, smoothed loss and every gradient."""

from collections.abc import Callable

import pytest
import torch
from torch.testing import assert_close

from saccade.data.batches import Batch
from saccade.decoders import Monotonic
from saccade.models import DecoderOptions, Embeddings, EncoderOptions, OutputOptions, SequenceToSequence, assemble
from saccade.search import reorder

from . import alignments
from .alignments import Move, Sentence
from .comparing import assert_same, padded, shake

SOURCES = [[4, 3, 5, 2], [7, 2], [6, 3, 2]]
TARGETS = [[1, 3, 4, 2], [1, 5, 4, 3, 2], [1, 2]]
TYPES_IN, TYPES_OUT = 11, 7
SMOOTHING = 0.1


def short(model: SequenceToSequence, sentence: Sentence) -> Move:
    assert isinstance(model.output, Monotonic)
    assert model.output.readiness is not None
    return alignments.short(sentence, model.output.readiness)


KINDS: dict[str, tuple[OutputOptions, Callable[[SequenceToSequence, Sentence], Move]]] = {
    "mixture": (OutputOptions("mixture"), lambda model, sentence: alignments.mixture(sentence)),
    "order 0": (OutputOptions("monotonic"), lambda model, sentence: alignments.free(sentence)),
    "order 1": (OutputOptions("monotonic", {"order": 1, "reach": 2}), short),
    "order 1, far": (OutputOptions("monotonic", {"order": 1, "reach": 7}), short),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def build(output: OutputOptions) -> SequenceToSequence:
    model = assemble(
        TYPES_IN,
        TYPES_OUT,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=7, d_readout=13, query="current-state"),
        output=output,
        embeddings=Embeddings(3),
    )
    return shake(model)


@every_kind
def test_likelihood_is_the_sum_over_all_alignments(kind: str):
    output, move_of = KINDS[kind]
    model = build(output)
    log_probs, means = [], []
    for source, target in zip(SOURCES, TARGETS, strict=True):
        sentence = alignments.read(model, source, target[:-1])
        move, tokens = move_of(model, sentence), target[1:]
        log_probs.append(alignments.probability(sentence, move, tokens).log())
        for t in range(len(tokens)):
            means.append(alignments.next_probabilities(sentence, move, tokens[:t]).log().mean())
    log_prob, mean = torch.stack(log_probs).sum(), torch.stack(means).sum()
    batch = Batch(*padded(SOURCES), *padded(TARGETS))
    smoothed, plain = model(batch, SMOOTHING), model(batch)
    theirs = [-(1 - SMOOTHING) * log_prob - SMOOTHING * mean, -log_prob]
    assert_same(model, [smoothed.total, plain.total], theirs)
    assert_close(plain.log_prob, log_prob.detach())


@every_kind
def test_search_sees_the_same_distribution(kind: str):
    """Token by token, with two hypotheses a sentence that write different tokens."""
    output, move_of = KINDS[kind]
    model = build(output)
    written = [[3, 4], [5, 6], [2, 3], [6, 6], [4, 2], [3, 5]]
    with torch.no_grad():
        step = model.read(*padded(SOURCES))
        state = reorder(step.start(), torch.arange(3).repeat_interleave(2))
        last = torch.ones(6, dtype=torch.long)
        for t in range(3):
            output = step(last, state)
            expected = []
            for row, tokens in enumerate(written):
                sentence = alignments.read(model, SOURCES[row // 2], [1, *tokens])
                move = move_of(model, sentence)
                expected.append(alignments.next_probabilities(sentence, move, tokens[:t]).log())
            assert_close(output.log_probs, torch.stack(expected))
            state = output.state
            last = torch.tensor([tokens[min(t, 1)] for tokens in written])
