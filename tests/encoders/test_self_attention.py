"""Self-attention equals PyTorch's own, and what a mask hides has no influence."""

import pytest
import torch
from torch import Tensor, nn

from saccade.encoders.self_attention import SelfAttention, SelfAttentionLayer, SelfAttentionLayers
from saccade.recording import listening

BATCH, ITEMS, HEADS, D_MODEL = 2, 7, 3, 15


def make_items() -> Tensor:
    return torch.randn(BATCH, ITEMS, D_MODEL, dtype=torch.float64, generator=torch.Generator().manual_seed(1))


def make_mask() -> Tensor:
    mask = torch.ones(BATCH, ITEMS, dtype=torch.bool)
    mask[1, [0, 4]] = False
    return mask


@pytest.mark.parametrize("masked", [False, True])
def test_equals_torchs_own_with_the_same_weights(masked: bool):
    ours = SelfAttention(D_MODEL, HEADS).double()
    theirs = nn.MultiheadAttention(D_MODEL, HEADS, batch_first=True).double()
    theirs.in_proj_weight.data, theirs.in_proj_bias.data = ours.project.weight.data, ours.project.bias.data
    theirs.out_proj.load_state_dict(ours.join.state_dict())
    items, mask = make_items(), make_mask() if masked else None
    hidden = None if mask is None else ~mask
    expected, weights = theirs(items, items, items, key_padding_mask=hidden, average_attn_weights=False)
    maps: list[Tensor] = []
    with listening(lambda _, shown, __: maps.append(shown)):
        torch.testing.assert_close(ours(items, mask), expected)
    torch.testing.assert_close(maps[0], weights)


@pytest.mark.parametrize("masked", [False, True])
def test_a_layer_equals_torchs_own_with_the_same_weights(masked: bool):
    ours = SelfAttentionLayer(D_MODEL, HEADS).double()
    theirs = nn.TransformerEncoderLayer(
        D_MODEL, HEADS, 4 * D_MODEL, 0.0, "gelu", batch_first=True, norm_first=True, dtype=torch.float64
    )
    theirs.self_attn.in_proj_weight.data = ours.look.project.weight.data
    theirs.self_attn.in_proj_bias.data = ours.look.project.bias.data
    theirs.self_attn.out_proj.load_state_dict(ours.look.join.state_dict())
    theirs.linear1.load_state_dict(ours.widen.state_dict())
    theirs.linear2.load_state_dict(ours.narrow.state_dict())
    items, mask = make_items(), make_mask() if masked else None
    expected = theirs(items, src_key_padding_mask=None if mask is None else ~mask)
    torch.testing.assert_close(ours(items, mask), expected)


def test_what_is_masked_has_no_influence():
    layers = SelfAttentionLayers(D_MODEL, HEADS, 2).double()
    items, mask = make_items(), make_mask()
    spoilt = torch.where(mask[..., None], items, torch.nan).requires_grad_()
    ours = layers(spoilt, mask)
    torch.testing.assert_close(ours[mask], layers(torch.where(mask[..., None], items, 7.0), mask)[mask])
    ours[mask].sum().backward()
    assert spoilt.grad is not None
    assert spoilt.grad.isfinite().all()
    assert (spoilt.grad[~mask] == 0).all()


def test_a_row_that_may_look_at_nothing_is_finite_and_shows_zeros():
    layers = SelfAttentionLayers(D_MODEL, HEADS, 2).double()
    mask = torch.tensor([[True] * ITEMS, [False] * ITEMS])
    items = make_items().requires_grad_()
    maps: list[Tensor] = []
    with listening(lambda _, shown, __: maps.append(shown)):
        layers(items, mask).square().sum().backward()
    assert (maps[0][1] == 0).all()
    assert items.grad is not None
    assert items.grad.isfinite().all()


def test_alone_is_as_in_a_padded_batch():
    layers = SelfAttentionLayers(D_MODEL, HEADS, 2).double()
    items, mask = make_items(), torch.ones(BATCH, ITEMS, dtype=torch.bool)
    mask[1, 5:] = False
    torch.testing.assert_close(layers(items, mask)[1, :5], layers(items[1:, :5])[0], atol=1e-10, rtol=0)


def test_nothing_is_made_to_be_shown_while_nobody_listens(monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> Tensor:
        raise AssertionError("weights were made")

    monkeypatch.setattr("saccade.encoders.self_attention.dot_weights", fail)
    SelfAttention(D_MODEL, HEADS).double()(make_items())


def test_gradients_are_right():
    layers = SelfAttentionLayers(6, 2, 1).double()
    items = torch.randn(2, 3, 6, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True, True, True], [True, False, True]])
    assert torch.autograd.gradcheck(lambda x: layers(x, mask), (items,))
