"""Every score and selection, alone and with heads, against the slow loops: contexts, weights, every gradient."""

from collections.abc import Sequence

import pytest
import torch
from tests.attention.contract import OPTIONS, look_along
from torch import Tensor

from saccade.attention import SCORES, SELECTIONS, Attention, Memory, MultiHead
from saccade.attention.selections import make_selection

from . import looking
from .comparing import assert_same, draw, shake

BATCH, QUERY, KEY, D_QUERY, D_KEY, D_VALUE = 3, 5, 7, 11, 13, 17
ALIKE = {"dot", "scaled_dot", "cosine"}
"""Scores that multiply query and key item by item, so that they must be of one width."""

MEMORY_MASK = torch.tensor([[True] * 7, [True] * 3 + [False] * 4, [False] * 7])
CALL_MASK = torch.tensor([[[(3 * b + 2 * q + k) % 5 < 3 for k in range(KEY)] for q in range(QUERY)] for b in range(3)])
CALL_MASK[1, 2] = False
MASKS = [
    pytest.param(None, None, id="unmasked"),
    pytest.param(MEMORY_MASK, None, id="memory"),
    pytest.param(None, CALL_MASK, id="call"),
    pytest.param(MEMORY_MASK, CALL_MASK, id="both"),
]


def make(score: str, selection: str, d_query: int, d_key: int) -> Attention:
    chosen = make_selection(selection, d_query, **OPTIONS.get(selection, {}))
    return Attention(SCORES[score](d_query=d_query, d_key=d_key, **OPTIONS.get(score, {})), chosen)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize(("mask", "call_mask"), MASKS)
def test_attention_is_the_papers(score: str, selection: str, mask: Tensor | None, call_mask: Tensor | None):
    d_key = D_QUERY if score in ALIKE else D_KEY
    module = shake(make(score, selection, D_QUERY, d_key))
    assert_attention_is_the_papers(module, d_key, mask, call_mask)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize(("mask", "call_mask"), [MASKS[0], MASKS[3]])
@pytest.mark.parametrize("bias", [False, True], ids=["plain", "bias"])
def test_heads_are_the_papers(score: str, selection: str, mask: Tensor | None, call_mask: Tensor | None, bias: bool):
    module = MultiHead(
        lambda width: make(score, selection, width, width),
        d_query=D_QUERY,
        d_key=D_KEY,
        d_value=D_VALUE,
        d_model=6,
        heads=2,
        bias=bias,
    )
    # q·(W k + b) adds q·b to the scores of all keys alike, which a softmax does not see.
    unseen = bias and score in {"dot", "scaled_dot", "general"} and selection != "monotonic"
    unmoved = ["project_key.bias"] if unseen else []
    assert_attention_is_the_papers(shake(module), D_KEY, mask, call_mask, unmoved)


def assert_attention_is_the_papers(
    module: Attention | MultiHead,
    d_key: int,
    mask: Tensor | None,
    call_mask: Tensor | None,
    unmoved: Sequence[str] = (),
) -> None:
    queries = draw(BATCH, QUERY, D_QUERY).requires_grad_()
    keys, values = draw(BATCH, KEY, d_key).requires_grad_(), draw(BATCH, KEY, D_VALUE).requires_grad_()
    attended = look_along(module, queries, module.remember(Memory(keys, values, mask)), mask=call_mask)
    context, weights = looking.attend(module, queries, keys, values, mask, call_mask)
    ours = [attended.context, attended.weights]
    assert_same(module, ours, [context, weights], inputs=[queries, keys, values], unmoved=unmoved)


def test_hard_sees_the_smallest_difference():
    """Scores that differ by less than a softmax can show still have one best."""
    module = Attention(SCORES["dot"](d_query=1, d_key=1), SELECTIONS["hard"]())
    keys = torch.tensor([[[1e-20], [3e-20], [2e-20]]], dtype=torch.float64)
    queries = torch.ones(1, 1, 1, dtype=torch.float64)
    attended = module(queries, module.remember(Memory(keys, keys)))
    context, weights = looking.attend(module, queries, keys, keys)
    torch.testing.assert_close((attended.context, attended.weights), (context, weights), rtol=1e-12, atol=0.0)
