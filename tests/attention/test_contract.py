"""What every attention promises, whatever its score and its selection."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.attention.contract import (
    BATCH,
    BLIND_TO_KEY_BIAS,
    CASES,
    D_KEY,
    D_VALUE,
    HEADS,
    KEY,
    LEAKY,
    LOSING,
    OPTIONS,
    QUERY,
    SEES_SHIFTS,
    Case,
    look_along,
    make_mask,
    make_memory,
    make_query,
    over_heads,
)
from torch import Tensor
from torch.testing import assert_close

from saccade.attention import SCORES, SELECTIONS, Attention, Memory
from saccade.errors import DataError

every_case = pytest.mark.parametrize("case", CASES, ids=str)


def masks(*shape: int) -> st.SearchStrategy[Tensor]:
    size = torch.Size(shape).numel()
    return st.lists(st.booleans(), min_size=size, max_size=size).map(lambda bits: torch.tensor(bits).view(shape))


@every_case
def test_shapes(case: Case):
    attention = case.build()
    context, weights, state = look_along(attention, make_query(case), attention.remember(make_memory(make_mask())))
    assert context.shape == (BATCH, QUERY, case.d_context)
    assert attention.d_context(D_VALUE) == case.d_context
    assert weights.shape == ((BATCH, HEADS, QUERY, KEY) if case.heads else (BATCH, QUERY, KEY))
    parts = SCORES[case.score].state_parts + SELECTIONS[case.selection].state_parts
    assert len(state or ()) == parts
    assert attention.has_state == (parts > 0)
    for part in state or ():
        assert part.shape[: 3 if case.heads else 2] == ((BATCH, HEADS, 1) if case.heads else (BATCH, 1))


@every_case
def test_weights_are_shares(case: Case):
    attention = case.build()
    weights = look_along(attention, make_query(case), attention.remember(make_memory())).weights
    assert (weights >= 0).all()
    if case.selection in LEAKY:
        assert (weights.sum(-1) <= 1 + 1e-12).all()
        assert (weights.sum(-1) < 0.99).any()
    else:
        assert_close(weights.sum(-1), torch.ones_like(weights[..., 0]))


@every_case
def test_masks_of_memory_and_call_join(case: Case):
    attention = case.build()
    query, own = make_query(case), torch.rand(BATCH, QUERY, KEY) < 0.7
    own[..., 1] = True
    memory = make_memory(make_mask())
    joined = look_along(attention, query, attention.remember(memory), mask=own)
    allowed = make_mask().unsqueeze(1) & own
    assert (joined.weights[~over_heads(case, allowed)] == 0).all()
    # The same, all in the call's mask.
    called = look_along(attention, query, attention.remember(memory._replace(mask=None)), mask=allowed)
    assert_close(joined.context, called.context)
    assert_close(joined.weights, called.weights)


@every_case
@pytest.mark.parametrize("noise", [1e3, float("nan"), float("inf")])
def test_masked_items_have_no_influence(case: Case, noise: float):
    attention, mask = case.build(), make_mask()
    query, clean = make_query(case), make_memory(mask)
    noisy = Memory(
        *(torch.where(mask.unsqueeze(-1), part, noise).detach().requires_grad_() for part in clean[:2]), mask
    )
    results = []
    for memory in (clean, noisy):
        context, weights, _ = look_along(attention, query, attention.remember(memory))
        inputs = (query, memory.keys, memory.values, *attention.parameters())
        gradients = torch.autograd.grad(context.sin().sum(), inputs, materialize_grads=True)
        assert (gradients[1][~mask] == 0).all()
        assert (gradients[2][~mask] == 0).all()
        results.append((context, weights, *gradients))
    for from_clean, from_noisy in zip(*results, strict=True):
        assert_close(from_noisy, from_clean, rtol=0, atol=0)


@every_case
def test_alone_as_in_padded_batch(case: Case):
    attention, length = case.build(), KEY - 2
    memory = make_memory(torch.arange(KEY).expand(BATCH, KEY) < torch.tensor([[KEY], [length]]))
    query = make_query(case)
    together = look_along(attention, query, attention.remember(memory))
    short = Memory(memory.keys[1:, :length], memory.values[1:, :length])
    alone = look_along(attention, query[1:], attention.remember(short))
    assert_close(together.context[1:], alone.context, rtol=1e-10, atol=1e-10)
    assert_close(together.weights[1:, ..., :length], alone.weights, rtol=1e-10, atol=1e-10)


@every_case
def test_many_queries_as_one_by_one(case: Case):
    """As hypotheses look in a beam: each query with its own past."""
    attention = case.build()
    query, prepared = make_query(case), attention.remember(make_memory(make_mask()))
    state = attention(make_query(case), prepared).state
    together = attention(query, prepared, state)
    pasts = zip(*(part.split(1, 2 if case.heads else 1) for part in state), strict=True) if state else [None] * QUERY
    one_by_one = [attention(part, prepared, past) for part, past in zip(query.split(1, 1), pasts, strict=True)]
    assert_close(together.context, torch.cat([one.context for one in one_by_one], 1))
    assert_close(together.weights, torch.cat([one.weights for one in one_by_one], -2))


@every_case
def test_permuted_keys_permute_weights(case: Case):
    attention, order = case.build(), torch.randperm(KEY)
    query, memory = make_query(case), make_memory(make_mask())
    straight = look_along(attention, query, attention.remember(memory))
    permuted = Memory(memory.keys[:, order], memory.values[:, order], make_mask()[:, order])
    shuffled = look_along(attention, query, attention.remember(permuted))
    (before,), (after,) = (torch.autograd.grad(look.context.sin().sum(), query) for look in (straight, shuffled))
    if case.ordered:  # a hard look may be the same by chance, its gradient is not
        assert not torch.allclose(after, before)
    else:
        assert_close(after, before)
        assert_close(shuffled.weights, straight.weights[..., order])
        assert_close(shuffled.context, straight.context)


@every_case
@pytest.mark.parametrize("by_call", [False, True], ids=["memory-mask", "call-mask"])
def test_nothing_to_look_at_gives_zero(case: Case, by_call: bool):
    attention, own = case.build(), torch.ones(BATCH, QUERY, KEY, dtype=torch.bool)
    mask = make_mask()
    if by_call:
        own[1] = False
    else:
        mask[1] = False
    query, memory = make_query(case), make_memory(mask)
    context, weights, _ = look_along(attention, query, attention.remember(memory), mask=own)
    assert (context[1] == 0).all()
    assert (weights[1] == 0).all()
    assert (context[0] != 0).all()
    inputs = (query, memory.keys, memory.values, *attention.parameters())
    gradients = torch.autograd.grad(context.sum() + weights.square().sum(), inputs, materialize_grads=True)
    for gradient in gradients[:3]:
        assert (gradient[1] == 0).all()
    assert all(gradient.isfinite().all() for gradient in gradients)


@every_case
@settings(max_examples=15, deadline=None)
@given(memory_mask=masks(BATCH, KEY), own=masks(BATCH, QUERY, KEY))
def test_any_mask(case: Case, memory_mask: Tensor, own: Tensor):
    attention = case.build(torch.float32)
    prepared = attention.remember(make_memory(memory_mask, torch.float32))
    context, weights, _ = look_along(attention, make_query(case, torch.float32), prepared, mask=own)
    allowed, nothing = memory_mask.unsqueeze(1) & own, (context == 0).all(-1)
    assert (weights[~over_heads(case, allowed)] == 0).all()
    some = over_heads(case, allowed).any(-1).float()
    if case.selection in LEAKY:
        assert (weights.sum(-1) <= some + 1e-6).all()
    else:
        assert_close(weights.sum(-1), some)
    if case.selection in LOSING:
        assert nothing[~allowed.any(-1)].all()
    else:
        assert (nothing == ~allowed.any(-1)).all()


@every_case
def test_gradients_reach_every_parameter(case: Case):
    attention = case.build()
    query, memory = make_query(case), make_memory(make_mask())
    look_along(attention, query, attention.remember(memory)).context.sin().sum().backward()
    inputs = {"query": query, "keys": memory.keys, "values": memory.values, **dict(attention.named_parameters())}
    for name, tensor in inputs.items():
        assert tensor.grad is not None, name
        if name == "project_key.bias" and case.score in BLIND_TO_KEY_BIAS and case.selection not in SEES_SHIFTS:
            assert_close(tensor.grad, torch.zeros_like(tensor))
        else:
            assert tensor.grad.abs().max() > 1e-6, name


@every_case
def test_state_dict_round_trip(case: Case):
    saved, loaded = case.build(seed=0), case.build(seed=1)
    loaded.load_state_dict(saved.state_dict())
    query, memory = make_query(case), make_memory(make_mask())
    context = look_along(loaded, query, loaded.remember(memory)).context
    assert_close(context, look_along(saved, query, saved.remember(memory)).context, rtol=0, atol=0)


@every_case
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision_is_finite(case: Case, dtype: torch.dtype):
    attention = case.build(dtype)
    mask = make_mask()
    mask[0] = False
    query, memory = make_query(case, dtype), make_memory(mask, dtype)
    context, weights, _ = look_along(attention, query, attention.remember(memory))
    assert context.dtype == dtype
    assert weights.dtype == torch.float32
    assert (weights[1, ..., ~mask[1]] == 0).all()
    if case.selection not in LEAKY:
        assert_close(weights[1].sum(-1), torch.ones_like(weights[1, ..., 0]))
    context.sum().backward()
    for tensor in (query, memory.keys, memory.values, *attention.parameters()):
        assert tensor.grad is not None
        assert tensor.grad.isfinite().all()


@every_case
def test_autocast_is_near_float32(case: Case):
    attention = case.build(torch.float32)
    query, memory = make_query(case, torch.float32), make_memory(make_mask(), torch.float32)
    exact = look_along(attention, query, attention.remember(memory))
    with torch.autocast("cpu", torch.bfloat16):
        prepared = attention.remember(memory)
        context, weights, _ = look_along(attention, query, prepared)
    assert prepared.values.dtype == context.dtype == torch.bfloat16
    assert weights.dtype == torch.float32
    if case.selection not in LEAKY:
        assert_close(weights.sum(-1), torch.ones_like(weights[..., 0]))
    assert (weights[1, ..., ~make_mask()[1]] == 0).all()
    if case.selection == "soft":  # a hard look may fall elsewhere
        assert_close(weights, exact.weights, rtol=0.1, atol=0.03)
        assert_close(context.float(), exact.context, rtol=0.1, atol=0.1)
    context.float().sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in attention.parameters())


@pytest.mark.parametrize("case", [case for case in CASES if case.selection != "hard"], ids=str)
def test_gradcheck(case: Case):
    attention, own = case.build(), torch.ones(BATCH, QUERY, KEY, dtype=torch.bool)
    own[0, 1] = False
    own[1, 2, 3:] = False

    def look(query: Tensor, keys: Tensor, values: Tensor, *_: Tensor) -> tuple[Tensor, Tensor]:
        return look_along(attention, query, attention.remember(Memory(keys, values, make_mask())), mask=own)[:2]

    memory = make_memory()
    inputs = (make_query(case), memory.keys, memory.values, *attention.parameters())
    assert torch.autograd.gradcheck(look, inputs, fast_mode=True)


@pytest.mark.parametrize("score", SCORES)
def test_gradcheck_entry_by_entry(score: str):
    torch.manual_seed(0)
    attention = Attention(SCORES[score](d_query=3, d_key=3, **OPTIONS.get(score, {})), SELECTIONS["soft"]()).double()
    query, keys, values = (torch.randn(2, size, 3, dtype=torch.float64, requires_grad=True) for size in (2, 5, 5))
    mask = torch.tensor([[True] * 5, [False, True, True, False, True]])

    def look(query: Tensor, keys: Tensor, values: Tensor, *_: Tensor) -> tuple[Tensor, Tensor]:
        return look_along(attention, query, attention.remember(Memory(keys, values, mask)))[:2]

    assert torch.autograd.gradcheck(look, (query, keys, values, *attention.parameters()))


def test_a_state_of_other_queries_is_refused():
    attention = Case("dot", "local_m", heads=False).build(torch.float32)
    prepared = attention.remember(make_memory(dtype=torch.float32))
    state = attention(torch.zeros(BATCH, QUERY, D_KEY), prepared).state
    with pytest.raises(DataError, match=r"a past for each of \(batch, query\) = \(2, 1\), but has one for .* \(2, 3\)"):
        attention(torch.zeros(BATCH, 1, D_KEY), prepared, state)


def test_items_are_carried_along():
    case = CASES[0]
    items = (tuple("abcdefg"),) * BATCH
    memory = Memory(torch.zeros(BATCH, KEY, D_KEY), torch.zeros(BATCH, KEY, D_VALUE), items=items)
    assert case.build(torch.float32).remember(memory).items == items
