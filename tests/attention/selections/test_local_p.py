"""Local-p: a Gaussian around a place that the query predicts, within the source as it is without padding."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention.selections import LocalP, make_selection
from saccade.errors import OptionError


def make(window: int = 2, d_query: int = 5) -> LocalP:
    torch.manual_seed(0)
    return LocalP(d_query, window).double()


def centre(select: LocalP, query: torch.Tensor, length: int) -> torch.Tensor:
    return length * torch.sigmoid(torch.tanh(select.project(query)) @ select.v)


def test_is_the_formula():
    select = make()
    scores, query = torch.randn(2, 3, 7, dtype=torch.float64), torch.randn(2, 3, 5, dtype=torch.float64)
    weights, state = select(scores, None, query, None)
    assert state is None
    for row in range(2):
        for step in range(3):
            p = centre(select, query[row, step], 7).item()
            inside = [k for k in range(7) if abs(k - p) <= 2]
            expected = torch.zeros(7, dtype=torch.float64)
            expected[inside] = scores[row, step, inside].softmax(-1)
            assert_close(weights[row, step], expected * torch.tensor([-((k - p) ** 2) / 2 for k in range(7)]).exp())


def test_length_is_that_without_padding():
    select, query = make(), torch.randn(2, 3, 5, dtype=torch.float64)
    scores = torch.randn(2, 3, 7, dtype=torch.float64)
    mask = torch.arange(7).expand(2, 1, 7) < torch.tensor([[[7]], [[4]]])
    weights, _ = select(scores, mask, query, None)
    alone, _ = select(scores[1:, :, :4], None, query[1:], None)
    assert_close(weights[1:, :, :4], alone)
    assert (weights[1, :, 4:] == 0).all()


@pytest.mark.parametrize("length", [1, 2, 3, 97])
@pytest.mark.parametrize("push", [-1e4, 0.0, 1e4], ids=["begin", "middle", "end"])
def test_the_window_is_never_empty(length: int, push: float):
    """Not at the ends of the source either, nor where it has one token only."""
    select = make(window=1)
    with torch.no_grad():
        select.v.fill_(push)
        select.project.weight.copy_(torch.eye(5))
    weights, _ = select(torch.zeros(2, 3, length).double(), None, torch.ones(2, 3, 5).double(), None)
    assert (weights.sum(-1) > 0.1).all()
    assert (weights.sum(-1) <= 1).all()


def test_a_window_wider_than_the_source_works():
    select = make(window=1000)
    scores, query = torch.randn(2, 3, 7, dtype=torch.float64), torch.randn(2, 3, 5, dtype=torch.float64)
    weights, _ = select(scores, None, query, None)
    # So wide a Gaussian is flat over the source.
    assert_close(weights, scores.softmax(-1), rtol=1e-3, atol=1e-3)


def test_the_place_is_exact_in_half_precision():
    select = make(window=2).bfloat16()
    query, scores = torch.randn(2, 3, 5).bfloat16(), torch.zeros(2, 3, 997).bfloat16()
    weights, _ = select(scores, None, query, None)
    assert weights.dtype == torch.float32
    with torch.autocast("cpu", torch.bfloat16):
        under, _ = select.float()(scores, None, query.float(), None)
    # A place known to a few bits only would differ by whole keys.
    assert_close(under, weights, rtol=0.2, atol=0.05)


def test_a_window_without_width_is_refused():
    with pytest.raises(OptionError, match="`window` must be at least 1, but is 0"):
        LocalP(5, window=0)


def test_is_told_the_width_of_a_query():
    made = make_selection("local_p", 11, window=3)
    assert isinstance(made, LocalP)
    assert made.project.weight.shape == (11, 11)
