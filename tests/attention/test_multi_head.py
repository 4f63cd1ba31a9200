"""Heads: as PyTorch's own where they do the same; the state is kept per head; sizes that cannot work are refused."""

from typing import final

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.attention import Attention, Memory, MultiHead, Selection, State
from saccade.attention.scores import Dot, ScaledDot
from saccade.attention.selections import Soft
from saccade.errors import DataError, OptionError

BATCH, QUERY, KEY, HEADS, D_KEY, D_VALUE, D_MODEL = 2, 3, 7, 5, 13, 17, 55


def scaled_dot(width: int) -> Attention:
    return Attention(ScaledDot(width, width), Soft())


def build(**changes: int) -> MultiHead:
    sizes = {"d_query": D_MODEL, "d_key": D_KEY, "d_value": D_VALUE, "d_model": D_MODEL, "heads": HEADS}
    return MultiHead(scaled_dot, **(sizes | changes))


def copy_weights(theirs: nn.MultiheadAttention, ours: MultiHead) -> None:
    query, key, value = theirs.in_proj_bias.chunk(3)
    ours.load_state_dict(
        {
            "project_query.weight": theirs.q_proj_weight,
            "project_key.weight": theirs.k_proj_weight,
            "project_value.weight": theirs.v_proj_weight,
            "project_query.bias": query,
            "project_key.bias": key,
            "project_value.bias": value,
            "project_context.weight": theirs.out_proj.weight,
            "project_context.bias": theirs.out_proj.bias,
        }
    )


def test_is_that_of_pytorch():
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(D_MODEL, HEADS, kdim=D_KEY, vdim=D_VALUE, batch_first=True, dtype=torch.float64)
    for parameter in theirs.parameters():
        nn.init.normal_(parameter, std=0.3)
    ours = build().double()
    copy_weights(theirs, ours)
    inputs = [
        torch.randn(BATCH, *shape, dtype=torch.float64, requires_grad=True)
        for shape in [(QUERY, D_MODEL), (KEY, D_KEY), (KEY, D_VALUE)]
    ]
    mask = torch.ones(BATCH, KEY, dtype=torch.bool)
    mask[1, 4:] = False
    own = torch.ones(QUERY, KEY, dtype=torch.bool).tril(2)
    context, weights = theirs(*inputs, key_padding_mask=~mask, attn_mask=~own, average_attn_weights=False)
    query, keys, values = inputs
    attended = ours(query, ours.remember(Memory(keys, values, mask)), mask=own.expand(BATCH, -1, -1))
    assert_close(attended.context, context)
    assert_close(attended.weights, weights)
    expected = torch.autograd.grad(context.sin().sum(), (*inputs, theirs.q_proj_weight, theirs.v_proj_weight))
    actual = torch.autograd.grad(
        attended.context.sin().sum(), (*inputs, ours.project_query.weight, ours.project_value.weight)
    )
    assert_close(actual, expected)


@final
class LastWeights(Selection):
    """Soft, and the state is the weights of the last look, which this look avoids."""

    def forward(self, scores: Tensor, mask: Tensor | None, query: Tensor, state: State) -> tuple[Tensor, State]:
        weights = (scores if state is None else scores - 100 * state[0]).softmax(-1)
        return weights, (weights,)


def test_state_is_kept_per_head():
    torch.manual_seed(0)
    attention = MultiHead(
        lambda width: Attention(ScaledDot(width, width), LastWeights()),
        d_query=11,
        d_key=D_KEY,
        d_value=D_VALUE,
        d_model=D_MODEL,
        heads=HEADS,
    )
    prepared = attention.remember(Memory(torch.randn(BATCH, KEY, D_KEY), torch.randn(BATCH, KEY, D_VALUE)))
    query = torch.randn(BATCH, 1, 11)
    first = attention(query, prepared)
    assert first.state is not None
    assert first.state[0].shape == (BATCH, HEADS, 1, KEY)
    second = attention(query, prepared, first.state)
    # Where a head looked most at first, it looks least now: each head got its own past.
    assert_close(second.weights.argmin(-1), first.weights.argmax(-1))


def test_prepared_is_batch_first():
    torch.manual_seed(0)
    attention, rows = build(), torch.tensor([1, 0, 1])
    memory = Memory(torch.randn(BATCH, KEY, D_KEY), torch.randn(BATCH, KEY, D_VALUE), torch.rand(BATCH, KEY) < 0.8)
    query = torch.randn(BATCH, QUERY, D_MODEL)
    prepared = attention.remember(memory)
    moved = prepared._replace(**{name: getattr(prepared, name)[rows] for name in ("keys", "values", "mask")})
    assert_close(attention(query[rows], moved).context, attention(query, prepared).context[rows])


def test_uneven_heads_are_refused():
    with pytest.raises(OptionError, match=r"`d_model` must be a multiple of `heads`, but is 57 with 5 heads. Take 60"):
        build(d_model=57)


def test_size_below_one_is_refused():
    with pytest.raises(OptionError, match="`heads` must be at least 1, but is 0"):
        build(heads=0)


def test_attention_of_another_width_is_refused():
    with pytest.raises(OptionError, match="width `d_model` / `heads` = 11, but its attention takes 3 and 3"):
        MultiHead(lambda _: Attention(Dot(3, 3), Soft()), d_query=5, d_key=5, d_value=5, d_model=D_MODEL, heads=HEADS)


def test_values_of_another_width_are_refused():
    with pytest.raises(DataError, match=r"`memory.values` must have shape .* width = 17, but has \(2, 7, 13\)"):
        build().remember(Memory(torch.zeros(BATCH, KEY, D_KEY), torch.zeros(BATCH, KEY, D_KEY)))
