"""Hard selection: exactly one-hot forward, the gradient of a softmax backward."""

import torch
from torch.testing import assert_close

from saccade.attention.selections import Hard
from saccade.attention.selections.soft import masked_softmax

QUERY = torch.zeros(2, 3, 5)
MASK = torch.tensor([True, False, True, True, True, False, True]).expand(2, 1, 7)


def test_picks_the_best_that_is_allowed():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    scores[..., 1] = 9.0  # the best, but masked
    weights, state = Hard()(scores, MASK, QUERY, None)
    best = torch.where(MASK, scores, -torch.inf).argmax(-1)
    assert_close(weights, torch.nn.functional.one_hot(best, 7).float(), rtol=0, atol=0)
    assert state is None


def test_of_equal_scores_the_first_wins():
    weights, _ = Hard()(torch.zeros(2, 3, 7), ~MASK, QUERY, None)
    assert (weights[..., 1] == 1).all()
    assert (weights.sum(-1) == 1).all()


def test_sees_what_a_softmax_rounds_away():
    scores = torch.tensor([1e-20, 3e-20, 2e-20]).expand(2, 3, 3)
    weights, _ = Hard()(scores, None, QUERY, None)
    assert (weights.argmax(-1) == 1).all()


def test_gradient_is_that_of_a_softmax():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(2, 3, 7, dtype=torch.float64)
    hard, _ = Hard()(scores, MASK, QUERY, None)
    (actual,) = torch.autograd.grad(hard, scores, upstream)
    soft = masked_softmax(scores, MASK)
    # J^T g of a softmax, written out: a * (g - a·g)
    expected = soft * (upstream - (soft * upstream).sum(-1, keepdim=True))
    assert_close(actual, expected)
