"""Hard attention with its exact likelihood, by going through every alignment of target steps to source positions.

An alignment a gives each step t a position a_t. Its probability is that of its moves and of what each step writes:

    p(y, a) = Π_t p(a_t | a_{t-1}, y_{<t}) · p(y_t | a_t, y_{<t}),    with a_0 = the first position,

and p(y) is the sum over all alignments, one after the other. Nothing is shared between them, and nothing is a
logarithm, so no trick of a forward algorithm can hide a mistake. A *share* is the weight of soft attention.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from saccade.models import SequenceToSequence

from . import parameters
from .attention import product
from .decoder import Kind, _read_out

Move = Callable[[int, int, int], Tensor]
"""From step t, the position j before it and a position k, the probability to go from j to k."""


@final
@dataclass(frozen=True)
class Sentence:
    """What is known of one sentence: for each step, the shares of the positions and a distribution for each of them.

    `readouts` are the readouts of each step at each position.
    """

    shares: list[Tensor]
    emissions: list[list[Tensor]]
    readouts: list[list[Tensor]]


def read(model: SequenceToSequence, source: Sequence[int], words: Sequence[int]) -> Sentence:
    """Read and write one sentence by the oracle: states as in Luong 2015, readouts of each position's value alone.

    p(y_t | a_t = k, y_{<t}) = softmax(V tanh(W [s_t; h_k; e_{t-1}])): Wu, Shapiro, Cotterell 2018, arXiv:1808.10024,
    section 2.2, but for the e.
    """
    written = parameters.write(model, Kind("gru", "attention", "current-state"), "gru", source, words)
    memory, _ = parameters.read(model.encoder, "gru", source)
    p = parameters.of_decoder(model.decoder, model.vocabulary)
    shares, emissions, readouts = [], [], []
    for word, states, weights in zip(words, written.states, written.weights, strict=True):
        assert weights is not None
        at = [_read_out(p, states[-1][0], value, p["embedding"][word]) for value in memory]
        logits = [product(p["vocabulary.weight"], readout) + p["vocabulary.bias"] for readout in at]
        shares.append(weights)
        emissions.append([torch.softmax(of_position, 0) for of_position in logits])
        readouts.append(at)
    return Sentence(shares, emissions, readouts)


def mixture(sentence: Sentence) -> Move:
    """p(a_t = k) = α_t(k), wherever the step before looked: Wu 2018, equation 7."""
    return lambda t, j, k: sentence.shares[t][k]


def free(sentence: Sentence) -> Move:
    """Nowhere back, and else by the shares of what is ahead: Wu & Cotterell 2019, arXiv:1905.06319, order 0."""

    def move(t: int, j: int, k: int) -> Tensor:
        share = sentence.shares[t]
        return share[k] / share[j:].sum() if k >= j else torch.zeros((), dtype=torch.float64)

    return move


def short(sentence: Sentence, readiness: nn.Linear) -> Move:
    """Nowhere back, at most so far ahead, and by share and readiness: as the package has it (see its Differs)."""
    reach = readiness.out_features - 1

    def weight(t: int, j: int, k: int) -> Tensor:
        ready = product(readiness.weight, sentence.readouts[t][j]) + readiness.bias
        return sentence.shares[t][k] * torch.exp(ready[k - j])

    def move(t: int, j: int, k: int) -> Tensor:
        within = range(j, min(j + reach + 1, len(sentence.shares[t])))
        if k not in within:
            return torch.zeros((), dtype=torch.float64)
        return weight(t, j, k) / torch.stack([weight(t, j, i) for i in within]).sum()

    return move


def probability(sentence: Sentence, move: Move, tokens: Sequence[int]) -> Tensor:
    """Give the probability of these first tokens, as a sum over all of their alignments."""
    total = torch.zeros((), dtype=torch.float64)
    for alignment in itertools.product(range(len(sentence.emissions[0])), repeat=len(tokens)):
        one = torch.ones((), dtype=torch.float64)
        for t, (before, here) in enumerate(itertools.pairwise((0, *alignment))):
            one = one * move(t, before, here) * sentence.emissions[t][here][tokens[t]]
        total = total + one
    return total


def next_probabilities(sentence: Sentence, move: Move, tokens: Sequence[int]) -> Tensor:
    """Give the probability of every token after these ones: that of all together, over that of these ones."""
    types = range(len(sentence.emissions[0][0]))
    after = [probability(sentence, move, [*tokens, token]) for token in types]
    return torch.stack(after) / probability(sentence, move, tokens)
