"""The context of a look is that of its weights, in every precision."""

import pytest
import torch
from torch import Tensor

from saccade.encoders.heads import dot_context, dot_weights

BATCH, HEADS, QUERIES, KEYS, D_HEAD = 2, 3, 5, 7, 11


def make_parts(dtype: torch.dtype) -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [
        torch.randn(BATCH, HEADS, items, D_HEAD, generator=generator).to(dtype).requires_grad_()
        for items in (QUERIES, KEYS, KEYS)
    ]


def make_mask() -> Tensor:
    mask = torch.ones(BATCH, 1, 1, KEYS, dtype=torch.bool)
    mask[1, ..., [0, 4]] = False
    return mask


@pytest.mark.parametrize("masked", [False, True])
def test_is_the_mean_of_the_values_by_the_weights(masked: bool):
    query, key, value = make_parts(torch.float64)
    allowed = make_mask() if masked else None
    torch.testing.assert_close(dot_context(query, key, value, allowed), dot_weights(query, key, allowed) @ value)


@pytest.mark.parametrize("autocast", [False, True])
def test_bfloat16_is_computed_in_float32_and_rounded_at_the_end(autocast: bool):
    narrow, wide = make_parts(torch.bfloat16), make_parts(torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        context = dot_context(*narrow, make_mask())
    expected = dot_context(*[part.float() for part in wide], make_mask())
    assert context.dtype == torch.bfloat16
    torch.testing.assert_close(context, expected.bfloat16(), rtol=0, atol=0)
    context.float().square().sum().backward()
    expected.bfloat16().float().square().sum().backward()
    for ours, theirs in zip(narrow, wide, strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, rtol=0, atol=0)
