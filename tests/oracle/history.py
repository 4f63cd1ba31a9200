"""Networks that look at their own past, written from Cheng, Dong, Lapata 2016, arXiv:1601.06733, section 3.2, one
sentence, one step, one state at a time.

    a_i = v·tanh(W_h h_i + W_x x_t + W_h~ h~_{t-1}),  s = softmax(a),  i = 1 … t-1     equations 4 and 5
    [h~_t; c~_t] = Σ s_i [h_i; c_i]                                                    equation 6
    and a step of the LSTM from h~_t and c~_t on x_t                                    equations 7 to 9

Differs: any score and selection stand in the place of 4 and 5, any cell in that of 7 to 9. A decoder's past begins
with the state that it starts from, where the paper has none; otherwise h~ and c~ are 0 at the first step.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .recurrent import CELLS, Parameters, State, nothing

LookBack = Callable[[Tensor, Sequence[Tensor]], Tensor]
"""The weights of the earlier shown states, given the input and the last summary side by side, and those states."""


def step_from_past(
    cell: str, p: Parameters, x: Tensor, read: Tensor, past: Sequence[State], summary: Tensor, look: LookBack
) -> tuple[State, Tensor, Tensor]:
    """Take one step.

    Args:
        cell: A name of `CELLS`.
        p: Its parameters.
        x: What enters the cell.
        read: What enters the query: the same, where nothing but the input enters the cell.
        past: All states so far.
        summary: What the last look brought back of what was shown.
        look: Weighs the past.

    Returns:
        The next state, the next summary, the weights.
    """
    begun, weights = nothing(cell, p["weight_hh"].shape[1]), torch.zeros(0, dtype=torch.float64)
    if past:
        weights = look(torch.cat([read, summary]), [state[0] for state in past])
        begun = tuple(
            torch.stack([weight * state[part] for weight, state in zip(weights, past, strict=True)]).sum(0)
            for part in range(len(past[0]))
        )
    return CELLS[cell](p, x, begun), begun[0], weights


def unroll(cell: str, p: Parameters, xs: Sequence[Tensor], look: LookBack) -> tuple[list[State], list[Tensor]]:
    """Run over the inputs of one sentence; give the state after each, and the weights before each."""
    past, looks = [], []
    summary = nothing(cell, p["weight_hh"].shape[1])[0]
    for x in xs:
        state, summary, weights = step_from_past(cell, p, x, x, past, summary, look)
        past.append(state)
        looks.append(weights)
    return past, looks


def encode(
    cell: str,
    layers: Sequence[Sequence[Parameters]],
    looks: Sequence[Sequence[LookBack]],
    xs: Sequence[Tensor],
) -> tuple[list[Tensor], list[State]]:
    """Stack layers of one direction or two over one sentence; see `recurrent.encode`."""
    outputs, lasts = list(xs), []
    for directions, pasts in zip(layers, looks, strict=True):
        runs = []
        for way, (p, look) in enumerate(zip(directions, pasts, strict=True)):
            states, _ = unroll(cell, p, outputs[::-1] if way else outputs, look)
            runs.append((states[::-1] if way else states, states[-1]))
        outputs = [torch.cat([states[t][0] for states, _ in runs]) for t in range(len(xs))]
        lasts.append(tuple(torch.cat(parts) for parts in zip(*(last for _, last in runs), strict=True)))
    return outputs, lasts
