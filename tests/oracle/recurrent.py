"""Recurrent networks written from the papers: one sentence, one step, one layer at a time; everything float64.

The parameters of a cell are a dictionary with PyTorch's names and gate orders, so that they can be laid beside it:

| name | shape | what it is |
|---|---|---|
| `weight_ih` | (gates·d, d_input) | reads the input |
| `weight_hh` | (gates·d, d) | reads the previous state |
| `bias_ih`, `bias_hh` | (gates·d,) | added to the one and to the other |

with the gates stacked as `rnn`: one; `gru`: reset, update, new; `lstm`: input, forget, new, output.

A state is a tuple of vectors, its first the one that others see: (h,) or, for an LSTM, (h, c).
"""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from .attention import product

State = tuple[Tensor, ...]
Parameters = Mapping[str, Tensor]
Cell = Callable[[Parameters, Tensor, State], State]


def _input_and_state(p: Parameters, x: Tensor, h: Tensor) -> tuple[Tensor, Tensor]:
    return product(p["weight_ih"], x) + p["bias_ih"], product(p["weight_hh"], h) + p["bias_hh"]


def rnn(p: Parameters, x: Tensor, state: State) -> State:
    """h' = tanh(W x + U h): Elman 1990, Finding structure in time, with tanh as is usual today."""
    from_input, from_state = _input_and_state(p, x, state[0])
    return (torch.tanh(from_input + from_state),)


def gru(p: Parameters, x: Tensor, state: State) -> State:
    """Step a gated recurrent unit in the convention of cuDNN and PyTorch.

    r = σ(W_r x + U_r h);  z = σ(W_z x + U_z h);  n = tanh(W_n x + b + r∘(U_n h + b'));  h' = (1-z)∘n + z∘h

    Source:
        Cho et al. 2014, arXiv:1406.1078, section 2.3, equations 5 to 8; the order of reset and product as in its
        first version (v1) and in cuDNN.

    Differs:
        From v3 of the paper and from Bahdanau 2015 (appendix A.1.1), where the reset gate is applied before the
        product, n = tanh(W_n x + U_n (r∘h)): see `gru_reset_before`. Bahdanau also gives z the opposite meaning,
        h' = (1-z)∘h + z∘n; here as in Cho, z = 1 keeps the old state.
    """
    h = state[0]
    from_input, from_state = _input_and_state(p, x, h)
    input_r, input_z, input_n = from_input.chunk(3)
    state_r, state_z, state_n = from_state.chunk(3)
    reset = torch.sigmoid(input_r + state_r)
    update = torch.sigmoid(input_z + state_z)
    new = torch.tanh(input_n + reset * state_n)
    return ((1 - update) * new + update * h,)


def gru_reset_before(p: Parameters, x: Tensor, state: State) -> State:
    """Step the unit as printed: Cho et al. 2014, arXiv:1406.1078v3, equations 5 to 8, with n = tanh(W x + U (r∘h))."""
    h = state[0]
    from_input, from_state = _input_and_state(p, x, h)
    input_r, input_z, input_n = from_input.chunk(3)
    state_r, state_z, _ = from_state.chunk(3)
    reset = torch.sigmoid(input_r + state_r)
    update = torch.sigmoid(input_z + state_z)
    new = torch.tanh(input_n + product(p["weight_hh"].chunk(3)[2], reset * h) + p["bias_hh"].chunk(3)[2])
    return ((1 - update) * new + update * h,)


def lstm(p: Parameters, x: Tensor, state: State) -> State:
    """Step a long short-term memory: c' = f∘c + i∘g;  h' = o∘tanh(c').

    Source:
        Hochreiter, Schmidhuber 1997, with the forget gate of Gers, Schmidhuber, Cummins 2000 and no peepholes.
    """
    h, c = state
    from_input, from_state = _input_and_state(p, x, h)
    gate_i, gate_f, gate_g, gate_o = (from_input + from_state).chunk(4)
    c = torch.sigmoid(gate_f) * c + torch.sigmoid(gate_i) * torch.tanh(gate_g)
    return (torch.sigmoid(gate_o) * torch.tanh(c), c)


CELLS: dict[str, Cell] = {"rnn": rnn, "gru": gru, "lstm": lstm}


def nothing(cell: str, width: int) -> State:
    """Give the state before the first step: zeros."""
    return tuple(torch.zeros(width, dtype=torch.float64) for _ in range(2 if cell == "lstm" else 1))


def unroll(cell: str, p: Parameters, xs: Sequence[Tensor], state: State | None = None) -> tuple[list[Tensor], State]:
    """Run one direction of one layer over the inputs of one sentence; give the output of each step, the last state."""
    state = nothing(cell, p["weight_hh"].shape[1]) if state is None else state
    outputs = []
    for x in xs:
        state = CELLS[cell](p, x, state)
        outputs.append(state[0])
    return outputs, state


def unroll_both(
    cell: str, forward: Parameters, backward: Parameters, xs: Sequence[Tensor]
) -> tuple[list[Tensor], State]:
    """Run a layer from left to right and another from right to left; lay their outputs and last states side by side.

    The output at a word is [→h; ←h] of that word (Bahdanau 2015, appendix A.2.1). The last state of the backward
    half is the one at the first word.
    """
    ahead, ahead_last = unroll(cell, forward, xs)
    behind, behind_last = unroll(cell, backward, list(reversed(xs)))
    outputs = [torch.cat([a, b]) for a, b in zip(ahead, reversed(behind), strict=True)]
    return outputs, tuple(torch.cat([a, b]) for a, b in zip(ahead_last, behind_last, strict=True))


def encode(cell: str, layers: Sequence[Sequence[Parameters]], xs: Sequence[Tensor]) -> tuple[list[Tensor], list[State]]:
    """Stack layers of one direction or two over one sentence.

    Args:
        cell: A name of `CELLS`.
        layers: For each layer its parameters: (forward,) or (forward, backward).
        xs: The embedded words, without any padding.

    Returns:
        The top layer's output at each word, and the last state of each layer.
    """
    outputs, states = list(xs), []
    for directions in layers:
        if len(directions) == 1:
            outputs, last = unroll(cell, directions[0], outputs)
        else:
            outputs, last = unroll_both(cell, directions[0], directions[1], outputs)
        states.append(last)
    return outputs, states
