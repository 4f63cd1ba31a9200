"""General score: a product through a learnt matrix."""

import torch
from torch.testing import assert_close

from saccade.attention.scores import General


def test_is_the_formula():
    torch.manual_seed(0)
    score = General(d_query=11, d_key=13)
    query, keys = torch.randn(2, 3, 11), torch.randn(2, 7, 13)
    scores = score(query, score.prepare(keys))
    assert_close(scores[1, 2, 6], query[1, 2] @ score.project_key.weight @ keys[1, 6])
    assert scores.shape == (2, 3, 7)
