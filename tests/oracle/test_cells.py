"""Cells against the slow loops: states and every gradient, of one step and of several."""

import pytest
import torch
from torch.testing import assert_close

from saccade.cells import CELLS, Repeated

from . import parameters, recurrent
from .comparing import assert_same, draw, shake

BATCH, D_INPUT, D_STATE = 3, 5, 7


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("steps", [1, 4])
def test_cell_is_the_papers(name: str, steps: int):
    cell = shake(CELLS[name](D_INPUT, D_STATE))
    xs = draw(steps, BATCH, D_INPUT).requires_grad_()
    first = [draw(BATCH, D_STATE, seed=seed).requires_grad_() for seed in range(CELLS[name].parts)]
    state, from_state = tuple(first), Repeated(cell.recurrent)
    for from_input in cell.input(xs).unbind():
        state = cell.advance(from_input, from_state(state[0]), state)
    lasts = [
        recurrent.unroll(name, parameters.of_cell(cell), list(xs[:, b]), tuple(part[b] for part in first))[1]
        for b in range(BATCH)
    ]
    theirs = [torch.stack([last[part] for last in lasts]) for part in range(len(first))]
    assert_same(cell, state, theirs, inputs=[xs, *first])


def test_gradient_of_the_weights_after_one_of_the_inputs_alone():
    cell = shake(CELLS["rnn"](D_INPUT, D_STATE))
    weights = list(cell.recurrent.parameters())
    inputs = draw(BATCH, D_STATE).requires_grad_()
    from_state = Repeated(cell.recurrent)
    shown = torch.tanh(from_state(torch.tanh(from_state(inputs)))).sum()
    torch.autograd.grad(shown, inputs, retain_graph=True)
    again = torch.tanh(cell.recurrent(torch.tanh(cell.recurrent(inputs)))).sum()
    assert_close(torch.autograd.grad(shown, weights), torch.autograd.grad(again, weights))
