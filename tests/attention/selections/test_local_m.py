"""Local-m: a window that moves on by one place at each look, among the keys that may be looked at."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from saccade.attention import State
from saccade.attention.selections import LocalM
from saccade.errors import OptionError

QUERY = torch.zeros(2, 3, 5)


def looks(window: int, scores: Tensor, mask: Tensor | None, times: int) -> list[Tensor]:
    """The weights of some looks with the same scores."""
    select, state, weights = LocalM(window), None, []
    for _ in range(times):
        weight, state = select(scores, mask, QUERY, state)
        weights.append(weight)
    return weights


def test_the_window_moves_on_and_stays_at_the_end():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    seen = [{0, 1, 2}, {0, 1, 2, 3}, {0, 1, 2, 3, 4}, {1, 2, 3, 4, 5}, {2, 3, 4, 5, 6}, {3, 4, 5, 6}, {4, 5, 6}]
    for weights, inside in zip(looks(2, scores, None, 9), [*seen, {4, 5, 6}, {4, 5, 6}], strict=True):
        places = sorted(inside)
        assert_close(weights[..., places], scores[..., places].softmax(-1))
        assert (weights[..., [k for k in range(7) if k not in inside]] == 0).all()


def test_masked_keys_have_no_place():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    mask = torch.tensor([True, False, True, True, False, True, True]).expand(2, 1, 7)
    rest = looks(1, scores[..., mask[0, 0]], None, 7)
    for weights, alone in zip(looks(1, scores, mask, 7), rest, strict=True):
        assert_close(weights[..., mask[0, 0]], alone)
        assert (weights[..., ~mask[0, 0]] == 0).all()


@pytest.mark.parametrize("window", [7, 10**9])
def test_a_window_wider_than_the_source_is_a_softmax(window: int):
    scores = torch.randn(2, 3, 7)
    for weights in looks(window, scores, None, 9):
        assert_close(weights, scores.softmax(-1))


def test_a_source_of_one_token_is_looked_at():
    for weights in looks(2, torch.randn(2, 3, 1), None, 3):
        assert_close(weights, torch.ones(2, 3, 1))


def test_each_query_has_its_own_step():
    select = LocalM(1)
    state: State = (torch.tensor([[0, 2, 5], [1, 0, 3]]),)
    weights, after = select(torch.zeros(2, 3, 7), None, QUERY, state)
    assert [int(row.nonzero().float().mean()) for row in weights[0]] == [0, 2, 5]
    assert after is not None
    assert_close(after[0], state[0] + 1)


@pytest.mark.parametrize("window", [0, -3])
def test_a_window_without_width_is_refused(window: int):
    with pytest.raises(OptionError, match=rf"`window` must be at least 1, but is {window}"):
        LocalM(window)
