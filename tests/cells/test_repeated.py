"""A weight's gradient is made once, after the last step, and is the one that autograd makes."""

import pytest
import torch
from torch import Tensor, nn

from saccade.cells import CELLS, Repeated


def unrolled(step, inputs: Tensor) -> Tensor:
    state = inputs[0]
    for row in inputs:
        state = torch.tanh(step(state) + row)
    return state.square().sum()


@pytest.mark.parametrize("bias", [True, False])
def test_gradients_are_those_of_the_plain_layer(bias: bool):
    linear = nn.Linear(5, 5, bias=bias).double()
    inputs = torch.randn(7, 3, 5, dtype=torch.double, requires_grad=True)
    parameters = [inputs, *linear.parameters()]
    expected = torch.autograd.grad(unrolled(linear, inputs), parameters)
    torch.testing.assert_close(torch.autograd.grad(unrolled(Repeated(linear), inputs), parameters), expected)


def test_weight_gradient_is_one_product_over_all_steps():
    linear = nn.Linear(5, 5)
    calls: list[Tensor] = []
    linear.weight.register_hook(calls.append)
    unrolled(Repeated(linear), torch.randn(7, 3, 5)).backward()
    assert len(calls) == 1


def test_backward_through_some_of_the_steps_counts_only_these():
    linear = nn.Linear(5, 2).double()
    inputs = torch.randn(2, 3, 5, dtype=torch.double)
    repeated = Repeated(linear)
    first, second = repeated(inputs[0]), repeated(inputs[1])
    second.sum().backward()
    torch.testing.assert_close(linear.weight.grad, inputs[1].sum(0).expand(2, 5))
    assert first.shape == (3, 2)


def test_under_autocast_products_are_bfloat16_and_all_else_float32():
    linear = nn.Linear(5, 5)
    inputs = torch.randn(3, 5, requires_grad=True)
    with torch.autocast("cpu", torch.bfloat16):
        shown = Repeated(linear)(inputs)
    assert shown.dtype == torch.float32
    torch.testing.assert_close(shown, shown.bfloat16().float(), atol=0, rtol=0)
    shown.sum().backward()
    assert [tensor.grad.dtype for tensor in (inputs, linear.weight) if tensor.grad is not None] == [torch.float32] * 2


def test_without_gradients_it_is_the_plain_layer():
    linear = nn.Linear(5, 2)
    inputs = torch.randn(3, 5)
    with torch.no_grad():
        torch.testing.assert_close(Repeated(linear)(inputs), linear(inputs))


@pytest.mark.parametrize("name", CELLS)
def test_gradcheck(name: str):
    cell = CELLS[name](3, 5).double()
    width = cell.blocks * 5
    state = tuple(torch.randn(2, 5, dtype=torch.double, requires_grad=True) for _ in range(cell.parts))
    products = tuple(torch.randn(2, width, dtype=torch.double, requires_grad=True) for _ in range(2))
    assert torch.autograd.gradcheck(lambda a, b, *s: cell.advance(a, b, s), (*products, *state))


@pytest.mark.parametrize("name", CELLS)
def test_bfloat16_products_with_a_float32_state_stay_close(name: str):
    cell = CELLS[name](3, 5)
    from_input, from_state = torch.randn(2, 2, cell.blocks * 5)
    state = tuple(torch.randn(2, 5) for _ in range(cell.parts))
    exact = cell.advance(from_input, from_state, state)
    rounded = cell.advance(from_input.bfloat16(), from_state.bfloat16(), state)
    torch.testing.assert_close(tuple(part.float() for part in rounded), exact, atol=0.05, rtol=0.05)
