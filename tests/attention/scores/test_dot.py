"""Dot score: the product, and nothing learnt."""

import torch
from torch.testing import assert_close

from saccade.attention.scores import Dot


def test_is_the_formula():
    torch.manual_seed(0)
    score = Dot(d_query=11, d_key=11)
    query, keys = torch.randn(2, 3, 11), torch.randn(2, 7, 11)
    scores = score(query, score.prepare(keys))
    assert_close(scores[1, 2, 6], query[1, 2] @ keys[1, 6])
    assert scores.shape == (2, 3, 7)
    assert not list(score.parameters())
