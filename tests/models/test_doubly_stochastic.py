"""The penalty on looks that are not spread: the paper's formula, and what it asks for."""

import torch
from torch.testing import assert_close

from saccade.models.doubly_stochastic import unevenness


def slow(weights: torch.Tensor, mask: torch.Tensor) -> float:
    """Xu 2015, equation 14, the last term, without λ."""
    total = 0.0
    for example in range(len(weights)):
        for key in range(weights.shape[2]):
            seen = sum(float(weights[example, step, key]) for step in range(weights.shape[1]) if mask[example, step])
            total += (1 - seen) ** 2
    return total


def test_is_the_formula_with_its_gradient() -> None:
    torch.manual_seed(3)
    weights = torch.randn(2, 5, 7).softmax(-1).double().requires_grad_()
    mask = torch.tensor([[True] * 5, [True, True, False, False, False]])
    found = unevenness(weights, mask)
    assert_close(found.item(), slow(weights.detach(), mask))
    (gradient,) = torch.autograd.grad(found, weights)
    expected = -2 * (1 - torch.where(mask[..., None], weights, 0.0).sum(1, keepdim=True)) * mask[..., None]
    assert_close(gradient, expected.expand_as(gradient).detach())
    assert torch.autograd.gradcheck(lambda looks: unevenness(looks, mask), weights)


def test_heads_count_alike() -> None:
    weights = torch.rand(2, 3, 5, 7)
    mask = torch.ones(2, 5, dtype=torch.bool)
    assert_close(unevenness(weights, mask), unevenness(weights.mean(1), mask))


def test_each_item_once_costs_nothing() -> None:
    assert_close(unevenness(torch.eye(7)[None], torch.ones(1, 7, dtype=torch.bool)), torch.tensor(0.0))
