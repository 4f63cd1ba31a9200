"""Soft selection: a softmax that is exact about masks and precise in half precision."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention.selections import Soft
from saccade.attention.selections.soft import masked_softmax

QUERY = torch.zeros(2, 3, 5)


def test_is_a_softmax_and_has_no_state():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    weights, state = Soft()(scores, None, QUERY, None)
    assert_close(weights, scores.exp() / scores.exp().sum(-1, keepdim=True))
    assert state is None


@pytest.mark.parametrize("scale", [1.0, 1e30], ids=["usual", "huge"])
def test_masked_is_a_softmax_of_the_rest(scale: float):
    torch.manual_seed(0)
    scores = scale * torch.randn(2, 3, 7)
    mask = torch.tensor([True, False, True, True, False, True, True]).expand(2, 1, 7)
    weights = masked_softmax(scores, mask)
    assert (weights[..., [1, 4]] == 0).all()
    assert_close(weights[..., mask[0, 0]], scores[..., mask[0, 0]].softmax(-1))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_masked_score_may_be_anything(bad: float):
    scores = torch.tensor([[[1.0, bad, 2.0]]], requires_grad=True)
    weights = masked_softmax(scores, torch.tensor([[[True, False, True]]]))
    assert_close(weights[0, 0, [0, 2]], torch.tensor([1.0, 2.0]).softmax(-1))
    (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    assert gradient.isfinite().all()
    assert gradient[0, 0, 1] == 0


def test_half_precision_sums_in_float32():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 997).bfloat16()
    weights = masked_softmax(scores, None)
    assert weights.dtype == torch.float32
    assert_close(weights, scores.float().softmax(-1))


def test_an_empty_row_is_never_nan_even_inside():
    scores = torch.randn(2, 3, 7, requires_grad=True)
    mask = torch.zeros(2, 1, 7, dtype=torch.bool)
    with torch.autograd.set_detect_anomaly(True):
        weights = masked_softmax(scores, mask)
        (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    assert_close(weights, torch.zeros(2, 3, 7))
    assert_close(gradient, torch.zeros(2, 3, 7))
