"""Scaled dot score: the product over the root of the width."""

import torch
from torch.testing import assert_close

from saccade.attention.scores import ScaledDot


def test_is_the_formula():
    torch.manual_seed(0)
    score = ScaledDot(d_query=11, d_key=11)
    query, keys = torch.randn(2, 3, 11), torch.randn(2, 7, 11)
    scores = score(query, score.prepare(keys))
    assert_close(scores[1, 2, 6], query[1, 2] @ keys[1, 6] / 11**0.5)
    assert scores.shape == (2, 3, 7)


def test_keeps_small_in_float16_what_a_plain_dot_does_not():
    query = keys = torch.full((1, 1, 400), 13.0, dtype=torch.float16)
    score = ScaledDot(d_query=400, d_key=400)
    assert_close(score(query, score.prepare(keys)).float(), torch.full((1, 1, 1), 3380.0), rtol=1e-2, atol=0)
