"""Cosine score: the angle times a scale, with care for zeros and for half precision."""

import pytest
import torch
from torch.nn.functional import cosine_similarity
from torch.testing import assert_close

from saccade.attention.scores import Cosine
from saccade.errors import OptionError


def test_is_the_formula():
    torch.manual_seed(0)
    score = Cosine(d_query=11, d_key=11, scale=3.0)
    query, keys = torch.randn(2, 3, 11), torch.randn(2, 7, 11)
    scores = score(query, score.prepare(keys))
    assert_close(scores, 3 * cosine_similarity(query.unsqueeze(2), keys.unsqueeze(1), dim=-1))


def test_length_is_not_seen():
    torch.manual_seed(0)
    score = Cosine(d_query=11, d_key=11)
    query, keys = torch.randn(2, 3, 11), torch.randn(2, 7, 11)
    assert_close(score(1e-8 * query, score.prepare(1e8 * keys)), score(query, score.prepare(keys)))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32], ids=str)
@pytest.mark.parametrize(("query_size", "key_size"), [(0.0, 1.0), (1.0, 0.0)], ids=["query", "keys"])
def test_zeros_score_zero_with_sensible_gradients(dtype: torch.dtype, query_size: float, key_size: float):
    torch.manual_seed(0)
    score = Cosine(d_query=11, d_key=11)
    query = (query_size * torch.randn(1, 2, 11)).to(dtype).requires_grad_()
    keys = (key_size * torch.randn(1, 3, 11)).to(dtype).requires_grad_()
    scores = score(query, score.prepare(keys))
    assert (scores == 0).all()
    scores.sum().backward()
    for part in (query, keys):
        assert part.grad is not None
        assert part.grad.abs().max() < 100


def test_long_vectors_in_float16():
    vectors = torch.full((1, 1, 401), 1000.0, dtype=torch.float16)
    score = Cosine(d_query=401, d_key=401, scale=1.0)
    assert_close(score(vectors, score.prepare(vectors)), torch.ones(1, 1, 1, dtype=torch.float16), rtol=0, atol=2e-3)


def test_scale_can_be_fixed():
    fixed, learnt = (Cosine(d_query=11, d_key=11, scale=7.0, learn_scale=learn) for learn in (False, True))
    assert not list(fixed.parameters())
    assert [name for name, _ in learnt.named_parameters()] == ["log_scale"]
    assert_close(fixed.state_dict(), learnt.state_dict())


@pytest.mark.parametrize("scale", [0.0, -1.0, float("inf"), float("nan")])
def test_scale_that_makes_no_sense(scale: float):
    with pytest.raises(OptionError, match=f"`scale` must be a number above 0, but is {scale}"):
        Cosine(d_query=11, d_key=11, scale=scale)
