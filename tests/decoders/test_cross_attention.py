"""A fused look is that of `MultiHead`; hypotheses share their sentence's memory; what is masked has no influence."""

import pytest
import torch
from torch import Tensor

from saccade.attention import Attention, Memory, MultiHead
from saccade.attention.scores import ScaledDot
from saccade.attention.selections import Soft
from saccade.decoders.cross_attention import CrossAttention
from saccade.recording import listening

SENTENCES, STEPS, KEYS, HEADS, D_MODEL, D_MEMORY = 2, 5, 7, 3, 15, 11


def make() -> tuple[CrossAttention, Memory]:
    torch.manual_seed(4)
    mask = torch.ones(SENTENCES, KEYS, dtype=torch.bool)
    mask[1, [0, 4]] = False
    memory = torch.randn(SENTENCES, KEYS, D_MEMORY, dtype=torch.float64)
    return CrossAttention(D_MODEL, D_MEMORY, HEADS).double(), Memory(memory, memory, mask)


def items_of(rows: int) -> Tensor:
    return torch.randn(rows, STEPS, D_MODEL, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def as_multi_head(look: CrossAttention) -> MultiHead:
    theirs = MultiHead(
        lambda width: Attention(ScaledDot(width, width), Soft()),
        d_query=D_MODEL,
        d_key=D_MEMORY,
        d_value=D_MEMORY,
        d_model=D_MODEL,
        heads=HEADS,
    ).double()
    theirs.load_state_dict({name.replace("join", "project_context"): part for name, part in look.state_dict().items()})
    return theirs


@pytest.mark.parametrize("weighed", [False, True])
def test_equals_a_multi_head_with_the_same_weights_and_every_gradient(weighed: bool):
    look, memory = make()
    theirs, items = as_multi_head(look), items_of(SENTENCES)
    context, weights = look(items, look.remember(memory), weighed=weighed)
    expected = theirs(items, theirs.remember(memory))
    torch.testing.assert_close(context, expected.context)
    if weights is None:
        assert not weighed
    else:
        torch.testing.assert_close(weights, expected.weights)
    (context * torch.arange(D_MODEL)).square().sum().backward()
    (expected.context * torch.arange(D_MODEL)).square().sum().backward()
    gradients = dict(theirs.named_parameters())
    for name, parameter in look.named_parameters():
        torch.testing.assert_close(parameter.grad, gradients[name.replace("join", "project_context")].grad)


@pytest.mark.parametrize("weighed", [False, True])
def test_rows_of_a_sentence_look_at_its_memory(weighed: bool):
    look, memory = make()
    items = items_of(3 * SENTENCES)
    context, weights = look(items, look.remember(memory), weighed=weighed)
    copied = Memory(*(None if part is None else part.repeat_interleave(3, 0) for part in memory[:3]))
    expected, expected_weights = look(items, look.remember(copied), weighed=weighed)
    torch.testing.assert_close(context, expected)
    torch.testing.assert_close(weights, expected_weights)


def test_a_recorder_sees_the_weights_and_changes_nothing():
    look, memory = make()
    prepared, items = look.remember(memory), items_of(SENTENCES)
    quiet, _ = look(items, prepared)
    maps: list[Tensor] = []
    with listening(lambda _, shown, __: maps.append(shown)):
        recorded, none = look(items, prepared)
    assert none is None
    torch.testing.assert_close(recorded, quiet, atol=0, rtol=0)
    torch.testing.assert_close(maps[0], look(items, prepared, weighed=True)[1])


@pytest.mark.parametrize("weighed", [False, True])
def test_what_is_masked_has_no_influence(weighed: bool):
    look, memory = make()
    assert memory.mask is not None
    spoilt = torch.where(memory.mask[..., None], memory.keys, torch.nan).requires_grad_()
    items = items_of(SENTENCES)
    context, weights = look(items, look.remember(memory._replace(keys=spoilt, values=spoilt)), weighed=weighed)
    torch.testing.assert_close(context, look(items, look.remember(memory))[0])
    if weights is not None:
        assert (weights.masked_select(~memory.mask[:, None, None]) == 0).all()
    context.sum().backward()
    assert spoilt.grad is not None
    assert spoilt.grad.isfinite().all()
    assert (spoilt.grad[~memory.mask] == 0).all()


@pytest.mark.parametrize("weighed", [False, True])
def test_gradients_are_right(weighed: bool):
    look = CrossAttention(6, 5, 2).double()
    memory = torch.randn(2, 3, 5, dtype=torch.float64, requires_grad=True)
    items = torch.randn(2, 2, 6, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True, True, True], [True, False, True]])
    assert torch.autograd.gradcheck(
        lambda x, m: look(x, look.remember(Memory(m, m, mask)), weighed=weighed)[0], (items, memory)
    )
