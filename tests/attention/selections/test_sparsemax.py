"""Sparsemax: the projection onto the simplex, found here by bisection; its gradient; what masks and sizes do to it."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from saccade.attention.selections import Sparsemax
from saccade.attention.selections.sparsemax import below_best

QUERY = torch.zeros(2, 3, 5)
MASK = torch.tensor([True, False, True, True, True, False, True]).expand(2, 1, 7)


def select(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    return Sparsemax()(scores, mask, torch.zeros(*scores.shape[:2], 5), None)[0]


def by_bisection(scores: Tensor) -> Tensor:
    """The threshold at which the weights sum to 1, narrowed down until float64 knows no number between."""
    low, high = scores.amax(-1, keepdim=True) - 1, scores.amax(-1, keepdim=True)
    for _ in range(100):
        middle = (low + high) / 2
        too_much = (scores - middle).clamp(min=0).sum(-1, keepdim=True) > 1
        low, high = torch.where(too_much, middle, low), torch.where(too_much, high, middle)
    return (scores - low).clamp(min=0)


@pytest.mark.parametrize("scale", [0.01, 0.5, 2.0, 50.0, 1e30])
def test_is_the_nearest_point_of_the_simplex(scale: float):
    torch.manual_seed(0)
    scores = scale * torch.randn(2, 3, 7, dtype=torch.float64)
    if scale < 1e3:
        assert_close(select(scores), by_bisection(scores))
    else:
        assert_close(select(scores), torch.nn.functional.one_hot(scores.argmax(-1), 7).double())


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=11))
def test_any_scores(numbers: list[float]):
    scores = torch.tensor(numbers, dtype=torch.float64)[None, None]
    weights = select(scores)
    assert_close(weights, by_bisection(scores), atol=1e-12, rtol=0)
    assert_close(weights.sum(), torch.tensor(1.0, dtype=torch.float64))


def test_masked_is_that_of_the_rest_whatever_is_masked():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    for bad in (9.0, float("nan"), float("inf")):
        weights = select(torch.where(MASK, scores, bad), MASK)
        assert (weights[~MASK.expand_as(weights)] == 0).all()
        assert_close(weights[..., MASK[0, 0]], select(scores[..., MASK[0, 0]]))


def test_gradient_is_the_projections_own():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda scores: select(scores, MASK), scores)
    weights = select(scores, MASK)
    (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    assert (weights == 0).any()
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


def test_distances_from_the_best_are_cut_off():
    scores = torch.tensor([[[2.0, 5.0, 1.0, 4.5]]])
    assert_close(
        below_best(scores, torch.tensor([[[True, False, True, True]]]), reach=3.0)[0, 0, [0, 2, 3]],
        -torch.tensor([2.5, 3.0, 0.0]),
    )
