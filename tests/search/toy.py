"""A step to search over: random tables, and a state with everything that a tree may hold."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from saccade.search import StepOutput

BEGIN, END = 1, 2


class ToyState(NamedTuple):
    """What was written so far, twice, so that a part which is not reordered with the other is noticed."""

    written: Int[Tensor, " row"]
    nothing: None
    again: tuple[Float[Tensor, "row 2"]]


@final
class Toy:
    """Log-probabilities and weights from a table, by sentence and by a number made of all tokens so far.

    Args:
        tables: Log-probabilities (sentence, prefix, vocab).
        weights: (sentence, prefix, key), or None.
    """

    def __init__(self, tables: Tensor, weights: Tensor | None) -> None:
        self.tables, self.weights = tables, weights
        self.sentences = len(tables)
        self.rows: list[int] = []

    def start(self) -> ToyState:
        return ToyState(torch.zeros(self.sentences, dtype=torch.long), None, (torch.zeros(self.sentences, 2),))

    def __call__(self, tokens: Int[Tensor, " row"], state: Any) -> StepOutput:
        assert (state.again[0][:, 1] == state.written).all()
        self.rows.append(len(tokens))
        prefixes = self.tables.shape[1]
        written = (state.written * 31 + tokens + 1) % prefixes
        sentence = torch.arange(len(tokens)) // (len(tokens) // self.sentences)
        weights = None if self.weights is None else self.weights[sentence, written]
        again = torch.stack([torch.zeros(len(tokens)), written.float()], dim=1)
        return StepOutput(self.tables[sentence, written], ToyState(written, None, (again,)), weights)

    def keep(self, sentences: Int[Tensor, " kept"]) -> "Toy":
        kept = Toy(self.tables[sentences], None if self.weights is None else self.weights[sentences])
        kept.rows = self.rows
        return kept

    def alone(self, sentence: int) -> "Toy":
        return self.keep(torch.tensor([sentence]))


def toy(
    sentences: int = 1,
    vocabulary_size: int = 7,
    seed: int = 0,
    *,
    sharpness: float = 2.0,
    levels: int | None = None,
    looks: bool = True,
    prefixes: int = 101,
    dtype: torch.dtype = torch.float64,
) -> Toy:
    """Make a random toy; with few `levels`, many of its log-probabilities are exactly equal."""
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(sentences, prefixes, vocabulary_size, generator=generator, dtype=torch.float64) * sharpness
    weights = torch.randn(sentences, prefixes, 5, generator=generator, dtype=torch.float64).softmax(2)
    if levels is not None:
        # Rounded and not normalised, so that sums are exact and equal ones are equal in every order of adding.
        return Toy(((scores - scores.amax(2, keepdim=True)) / 4 * levels).round() / levels - 0.25, weights)
    return Toy(scores.log_softmax(2).to(dtype), weights.to(dtype) if looks else None)


def forced(step: Toy, sentence: int, tokens: Sequence[int]) -> tuple[float, Tensor]:
    """Run a sentence through given tokens: their log-probability, and the weights before each."""
    alone = step.alone(sentence)
    state, last, log_prob, weights = alone.start(), BEGIN, 0.0, []
    for token in tokens:
        output = alone(torch.tensor([last]), state)
        log_prob += float(output.log_probs[0, token])
        weights.append(output.weights)
        state, last = output.state, token
    return log_prob, torch.cat(weights)


def all_finished(
    step: Toy, sentence: int, longest: int, forbidden: Sequence[int] = (), min_length: int = 0
) -> Iterator[tuple[list[int], float]]:
    """Every finished hypothesis of a sentence up to a length, with its log-probability."""
    size = step.tables.shape[2]

    def grow(tokens: list[int], written: int, log_prob: float) -> Iterator[tuple[list[int], float]]:
        row = step.tables[sentence, written]
        if len(tokens) + 1 >= min_length:
            yield [*tokens, END], log_prob + float(row[END])
        if len(tokens) + 1 < longest:
            for token in set(range(size)) - {END, *forbidden}:
                follows = (written * 31 + token + 1) % step.tables.shape[1]
                yield from grow([*tokens, token], follows, log_prob + float(row[token]))

    yield from grow([], (BEGIN + 1) % step.tables.shape[1], 0.0)
