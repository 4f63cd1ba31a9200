"""Concat score: the paper's formula, with query and key really joined."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention.scores import Concat
from saccade.errors import OptionError


def test_is_the_formula():
    torch.manual_seed(0)
    score = Concat(d_query=11, d_key=13, d_score=5)
    query, keys = torch.randn(2, 3, 11), torch.randn(2, 7, 13)
    scores = score(query, score.prepare(keys))
    joined = torch.cat([query[1, 2], keys[1, 6]])
    assert_close(scores[1, 2, 6], score.v @ torch.tanh(score.project.weight @ joined))
    assert scores.shape == (2, 3, 7)


def test_is_as_wide_as_a_query_unless_told():
    assert Concat(d_query=11, d_key=13).v.shape == (11,)


def test_no_width():
    with pytest.raises(OptionError, match="`d_score` must be at least 1, but is 0"):
        Concat(d_query=11, d_key=13, d_score=0)
