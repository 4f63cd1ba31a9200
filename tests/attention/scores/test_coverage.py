"""Coverage score: it sees the sum of the weights of each key so far."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention import Attention, Memory
from saccade.attention.scores import Coverage
from saccade.attention.selections import Soft
from saccade.errors import OptionError


def make(fertility: float | None = None) -> Coverage:
    torch.manual_seed(0)
    return Coverage(d_query=11, d_key=13, d_score=5, fertility=fertility).double()


def inputs() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return torch.randn(2, 3, 11, dtype=torch.float64), torch.randn(2, 7, 13, dtype=torch.float64)


@pytest.mark.parametrize("fertility", [None, 2.5])
def test_is_the_formula(fertility: float | None):
    score, (query, keys) = make(fertility), inputs()
    covered = 3 * torch.rand(2, 3, 7, dtype=torch.float64)
    scores = score(query, score.prepare(keys), (covered,))
    assert scores.shape == (2, 3, 7)
    share = covered[1, 2, 6]
    if score.project_fertility is not None:
        share = share / (2.5 * score.project_fertility(keys[1, 6]).sigmoid())
    sums = score.project_query(query[1, 2]) + score.project_key.weight @ keys[1, 6] + share * score.w_coverage
    assert_close(scores[1, 2, 6], score.v @ sums.tanh())


def test_the_state_is_the_sum_of_all_weights():
    attention = Attention(make(), Soft())
    query, keys = inputs()
    prepared = attention.remember(Memory(keys, keys))
    state, total = None, torch.zeros(2, 3, 7, dtype=torch.float64)
    for _ in range(4):
        _, weights, state = attention(query, prepared, state)
        total = total + weights
        assert state is not None
        assert_close(state[0], total)


def test_can_learn_to_look_at_everything_once():
    score = make()
    with torch.no_grad():
        for parameter in score.parameters():
            parameter.zero_()
        score.w_coverage[0], score.v[0] = 1, -50  # the more was looked, the lower the score
        score.project_key.weight[0] = 0.1
    attention = Attention(score, Soft())
    keys = torch.arange(5.0).double()[None, :, None].expand(1, 5, 13) / 13
    prepared, state, seen = attention.remember(Memory(keys, keys)), None, []
    for _ in range(5):
        _, weights, state = attention(torch.zeros(1, 1, 11).double(), prepared, state)
        seen.append(int(weights[0, 0].argmax()))
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("fertility", [0.0, -2.0, float("inf")])
def test_a_fertility_that_is_not_above_zero_is_refused(fertility: float):
    with pytest.raises(OptionError, match=f"`fertility` must be a number above 0, but is {fertility}"):
        make(fertility)
