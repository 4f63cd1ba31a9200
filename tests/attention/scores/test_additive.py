"""Additive score: the paper's formula, written out."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention.scores import Additive
from saccade.errors import OptionError


def test_is_the_formula():
    torch.manual_seed(0)
    score = Additive(d_query=11, d_key=13, d_score=5)
    query, keys = torch.randn(2, 3, 11), torch.randn(2, 7, 13)
    W, U, v = score.project_query.weight, score.project_key.weight, score.v
    scores = score(query, score.prepare(keys))
    assert_close(scores[1, 2, 6], v @ torch.tanh(W @ query[1, 2] + U @ keys[1, 6]))
    assert scores.shape == (2, 3, 7)


def test_is_as_wide_as_a_query_unless_told():
    assert Additive(d_query=11, d_key=13).v.shape == (11,)


def test_no_width():
    with pytest.raises(OptionError, match="`d_score` must be at least 1, but is -2"):
        Additive(d_query=11, d_key=13, d_score=-2)
