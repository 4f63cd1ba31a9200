"""Entmax at 1.5: its threshold, found here by bisection; its gradient; between soft and sparsemax."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from saccade.attention.selections import Entmax, Sparsemax

MASK = torch.tensor([True, False, True, True, True, False, True]).expand(2, 1, 7)


def select(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    return Entmax()(scores, mask, torch.zeros(*scores.shape[:2], 5), None)[0]


def by_bisection(scores: Tensor) -> Tensor:
    """The threshold at which the weights sum to 1, narrowed down until float64 knows no number between."""
    halves = scores / 2
    low, high = halves.amax(-1, keepdim=True) - 1, halves.amax(-1, keepdim=True)
    for _ in range(100):
        middle = (low + high) / 2
        too_much = (halves - middle).clamp(min=0).square().sum(-1, keepdim=True) > 1
        low, high = torch.where(too_much, middle, low), torch.where(too_much, high, middle)
    return (halves - low).clamp(min=0).square()


@pytest.mark.parametrize("scale", [0.01, 0.5, 2.0, 50.0])
def test_sums_to_one_above_its_threshold(scale: float):
    torch.manual_seed(0)
    scores = scale * torch.randn(2, 3, 7, dtype=torch.float64)
    assert_close(select(scores), by_bisection(scores))


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=11))
def test_any_scores(numbers: list[float]):
    scores = torch.tensor(numbers, dtype=torch.float64)[None, None]
    weights = select(scores)
    assert_close(weights, by_bisection(scores), atol=1e-7, rtol=0)
    assert_close(weights.sum(), torch.tensor(1.0, dtype=torch.float64), atol=1e-7, rtol=0)


def test_huge_scores_are_one_hot():
    scores = torch.tensor([[[1e30, -1e30, 3e30]]])
    assert_close(select(scores), torch.tensor([[[0.0, 0.0, 1.0]]]))


def test_looks_at_as_many_keys_as_sparsemax_or_more():
    torch.manual_seed(0)
    scores = torch.randn(31, 3, 7)
    sparse = Sparsemax()(scores, None, torch.zeros(31, 3, 5), None)[0] > 0
    assert (select(scores)[sparse] > 0).all()
    assert sparse.sum() < (select(scores) > 0).sum() < scores.numel()


def test_masked_is_that_of_the_rest_whatever_is_masked():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    for bad in (9.0, float("nan"), float("inf")):
        weights = select(torch.where(MASK, scores, bad), MASK)
        assert (weights[~MASK.expand_as(weights)] == 0).all()
        assert_close(weights[..., MASK[0, 0]], select(scores[..., MASK[0, 0]]))


def test_gradient_is_its_own():
    torch.manual_seed(0)
    scores = (2 * torch.randn(2, 3, 7, dtype=torch.float64)).requires_grad_()
    assert torch.autograd.gradcheck(lambda scores: select(scores, MASK), scores)
    weights = select(scores, MASK)
    (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    assert (weights == 0).sum() > 12  # more than the masked ones
    assert (gradient[weights == 0] == 0).all()


def test_an_empty_row_is_never_nan_even_inside():
    scores = torch.randn(2, 3, 7, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        weights = select(scores, torch.zeros(2, 1, 7, dtype=torch.bool))
        (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    assert_close(weights, torch.zeros(2, 3, 7))
    assert_close(gradient, torch.zeros(2, 3, 7))


def test_half_precision_is_computed_in_float32():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 997).bfloat16()
    weights = select(scores)
    assert weights.dtype == torch.float32
    assert_close(weights, select(scores.float()))
