"""Attention is its score and its selection, and nothing else."""

import pytest
import torch
from tests.attention.contract import SAME_WIDTH
from torch.nn.functional import scaled_dot_product_attention
from torch.testing import assert_close

from saccade.attention import SCORES, Attention, Memory
from saccade.attention.scores import Additive, ScaledDot
from saccade.attention.selections import Soft
from saccade.errors import DataError, OptionError


def test_is_that_of_pytorch():
    torch.manual_seed(0)
    query, keys, values = (
        torch.randn(2, *shape, dtype=torch.float64, requires_grad=True) for shape in [(3, 11), (7, 11), (7, 5)]
    )
    mask = torch.rand(2, 3, 7) < 0.6
    mask[..., 2] = True
    attention = Attention(ScaledDot(11, 11), Soft())
    ours = attention(query, attention.remember(Memory(keys, values)), mask=mask).context
    theirs = scaled_dot_product_attention(query, keys, values, attn_mask=mask)
    assert_close(ours, theirs)
    inputs = (query, keys, values)
    assert_close(torch.autograd.grad(ours.sin().sum(), inputs), torch.autograd.grad(theirs.sin().sum(), inputs))


@pytest.mark.parametrize("score", SCORES)
def test_widths_that_must_agree(score: str):
    if score not in SAME_WIDTH:
        assert SCORES[score](d_query=11, d_key=13).d_key == 13
        return
    with pytest.raises(OptionError, match=f"`{score}` needs queries as wide as keys, but `d_query` is 11 and `d_key`"):
        SCORES[score](d_query=11, d_key=13)


@pytest.mark.parametrize("score", SCORES)
def test_width_below_one(score: str):
    with pytest.raises(OptionError, match=r"`d_query` must be at least 1, but is 0. Set it"):
        SCORES[score](d_query=0, d_key=0)


def test_memory_is_checked():
    with pytest.raises(DataError, match=r"`memory.keys` must have shape"):
        Attention(Additive(11, 13), Soft()).remember(Memory(torch.zeros(2, 7, 11), torch.zeros(2, 7, 5)))


def test_query_is_checked():
    attention = Attention(Additive(11, 13), Soft())
    prepared = attention.remember(Memory(torch.zeros(2, 7, 13), torch.zeros(2, 7, 5)))
    with pytest.raises(DataError, match="`query` must have shape"):
        attention(torch.zeros(2, 1, 13), prepared)
