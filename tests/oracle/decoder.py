"""A recurrent decoder written out for one sentence, in the three ways it may get to know the source.

| context | what the decoder knows of the source | paper |
|---|---|---|
| `initial` | the encoder's last state, which the decoder starts from; nothing else | Sutskever 2014, arXiv:1409.3215 |
| `every-step` | that, and one fixed vector that enters every step and every readout | Cho 2014, arXiv:1406.1078 |
| `attention` | that, and another vector at each step, from looking at the memory | Bahdanau 2015, arXiv:1409.0473 |

The parameters are one dictionary, with a matrix of its own for each thing that is read: a matrix over a concatenation,
W [a; b], is W_a a + W_b b, so nothing here depends on the order in which an implementation lays things side by side.

| name | shape | there |
|---|---|---|
| `embedding` | (vocab, d_embedding) | always |
| `cell.0.weight_ih.embedding` | (gates·d, d_embedding) | always: what the lowest layer reads of the previous word |
| `cell.0.weight_ih.context` | (gates·d, d_context) | `every-step`; `attention` with the query `previous-state` |
| `cell.0.weight_ih.fed` | (gates·d, d_readout) | input feeding |
| `cell.L.weight_ih` | (gates·d, d) | layers L = 1, 2, … read the layer below |
| `cell.L.weight_hh`, `cell.L.bias_ih`, `cell.L.bias_hh` | as in recurrent.py | every layer |
| `readout.state` | (d_readout, d) | always |
| `readout.context` | (d_readout, d_context) | `every-step` and `attention` |
| `readout.embedding` | (d_readout, d_embedding) | always |
| `readout.bias` | (d_readout,) | always |
| `vocabulary.weight`, `vocabulary.bias` | (vocab, d_readout), (vocab,) | always |
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, final

import torch
from torch import Tensor

from .attention import product
from .history import LookBack, step_from_past
from .recurrent import CELLS, Parameters, State

Look = Callable[[Tensor], tuple[Tensor, Tensor]]


@final
@dataclass(frozen=True)
class Kind:
    """Which decoder: the choices that change the formulas."""

    cell: Literal["rnn", "gru", "lstm"]
    context: Literal["initial", "every-step", "attention"]
    query: Literal["previous-state", "current-state"] = "previous-state"
    input_feeding: bool = False


@final
@dataclass(frozen=True)
class Written:
    """What was written for one sentence: the logits of each step, and where each step looked (no context: None)."""

    logits: list[Tensor]
    weights: list[Tensor | None]
    states: list[list[State]]


def _lowest_input(p: Parameters, parts: dict[str, Tensor]) -> tuple[Parameters, Tensor]:
    """Lay side by side what the lowest layer reads, and its matrices in the same order."""
    weight = torch.cat([p[f"cell.0.weight_ih.{name}"] for name in parts], dim=1)
    rest = {name: p[f"cell.0.{name}"] for name in ("weight_hh", "bias_ih", "bias_hh")}
    return {"weight_ih": weight, **rest}, torch.cat(list(parts.values()))


def _step_cells(kind: Kind, p: Parameters, parts: dict[str, Tensor], states: Sequence[State]) -> list[State]:
    """Step every layer, each reading the layer below; the lowest reads `parts`."""
    cell = CELLS[kind.cell]
    parameters, x = _lowest_input(p, parts)
    new = [cell(parameters, x, states[0])]
    for layer in range(1, len(states)):
        new.append(cell(_of_layer(p, layer), new[-1][0], states[layer]))
    return new


def _of_layer(p: Parameters, layer: int) -> Parameters:
    """The parameters of a layer above the lowest."""
    return {n: p[f"cell.{layer}.{n}"] for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}


@final
class LooksBack:
    """What the layers of a decoder know of their own pasts, which begin with the states that they start from.

    The query's input is the previous word alone in the lowest layer, what the layer below showed in the others.
    """

    def __init__(self, states: Sequence[State], looks: Sequence[LookBack]) -> None:
        self.pasts: list[list[State]] = [[state] for state in states]
        self.summaries = [torch.zeros_like(state[0]) for state in states]
        self.looks = looks
        self.weights: list[list[Tensor]] = [[] for _ in states]

    def step(self, kind: Kind, p: Parameters, parts: dict[str, Tensor]) -> list[State]:
        """Step every layer from a look at its past."""
        new: list[State] = []
        for layer, past in enumerate(self.pasts):
            parameters, x = (_of_layer(p, layer), new[-1][0]) if layer else _lowest_input(p, parts)
            read = new[-1][0] if layer else parts["embedding"]
            state, self.summaries[layer], weights = step_from_past(
                kind.cell, parameters, x, read, past, self.summaries[layer], self.looks[layer]
            )
            self.weights[layer].append(weights)
            new.append(state)
        for past, state in zip(self.pasts, new, strict=True):
            past.append(state)
        return new


def _read_out(p: Parameters, s: Tensor, c: Tensor | None, e: Tensor) -> Tensor:
    """tanh(W [s; c; e]): s the new state, c the context, e the previous word. Without a context, tanh(W [s; e])."""
    total = product(p["readout.state"], s) + product(p["readout.embedding"], e) + p["readout.bias"]
    return torch.tanh(total if c is None else total + product(p["readout.context"], c))


def decode(
    kind: Kind,
    p: Parameters,
    words: Sequence[int],
    states: Sequence[State],
    fixed: Tensor | None = None,
    look: Look | None = None,
    back: LooksBack | None = None,
) -> Written:
    """Write one sentence, each step given the true word before it.

    With `previous-state` (Bahdanau 2015, section 3.1): look with s_{i-1}, then step on [e_{i-1}; c_i] to s_i.
    With `current-state` (Luong 2015, section 3): step on e_{i-1} to s_i, then look with s_i. Input feeding (Luong,
    section 3.3): the step also reads the readout of the step before, zeros at the first. Then
    tanh(W [s_i; c_i; e_{i-1}]) and the logits. For an LSTM the query is h, not the inner c.

    Args:
        kind: Which decoder.
        p: The parameters, as in the table above.
        words: The words before each step: `begin` first, the last word of the sentence not among them.
        states: The state each layer starts from.
        fixed: The vector of `every-step`.
        look: For `attention`: from a query to its context and weights.
        back: Where each layer looks at its own past; see history.py.

    Source:
        Bahdanau 2015, appendix A.2.2; Luong 2015, equations 5 and 6 for tanh(W [c; h]).

    Differs:
        Bahdanau's deep output reads s_{i-1} and takes the maximum of pairs; Luong's readout has no e. This is the
        readout of the toolkit: all three, with tanh.
    """
    states, fed = list(states), torch.zeros(len(p["readout.bias"]), dtype=torch.float64)
    written = Written([], [], [])
    for word in words:
        e = p["embedding"][word]
        parts = {"embedding": e}
        c, weight = fixed, None
        if kind.context == "attention" and kind.query == "previous-state":
            assert look is not None
            c, weight = look(states[-1][0])
        if c is not None:
            parts["context"] = c
        if kind.input_feeding:
            parts["fed"] = fed
        states = _step_cells(kind, p, parts, states) if back is None else back.step(kind, p, parts)
        if kind.context == "attention" and kind.query == "current-state":
            assert look is not None
            c, weight = look(states[-1][0])
        fed = _read_out(p, states[-1][0], c, e)
        written.logits.append(product(p["vocabulary.weight"], fed) + p["vocabulary.bias"])
        written.weights.append(weight)
        written.states.append(states)
    return written


def log_prob(logits: Tensor, word: int) -> Tensor:
    """log p(word) = logit − log Σ exp(logits), the maximum taken off against overflow."""
    top = logits.max().detach()
    return logits[word] - top - torch.log(torch.exp(logits - top).sum())


def smoothed_loss(logits: Tensor, word: int, smoothing: float) -> Tensor:
    """Cross-entropy with (1 − ε) of the target on the word and ε spread evenly over the whole vocabulary.

    Source:
        Szegedy et al. 2016, arXiv:1512.00567, section 7.
    """
    even = torch.stack([log_prob(logits, other) for other in range(len(logits))]).mean()
    return -(1 - smoothing) * log_prob(logits, word) - smoothing * even
