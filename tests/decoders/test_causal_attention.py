"""A step looks back at what was written, never ahead, and the past is made once."""

import pytest
import torch
from torch import Tensor, nn

from saccade.decoders.causal_attention import CausalAttention
from saccade.recording import listening

ROWS, STEPS, HEADS, D_MODEL = 2, 7, 3, 15


def make() -> tuple[CausalAttention, Tensor]:
    torch.manual_seed(2)
    return CausalAttention(D_MODEL, HEADS).double(), torch.randn(ROWS, STEPS, D_MODEL, dtype=torch.float64)


def test_equals_torchs_own_under_a_causal_mask():
    ours, items = make()
    theirs = nn.MultiheadAttention(D_MODEL, HEADS, batch_first=True).double()
    theirs.in_proj_weight.data, theirs.in_proj_bias.data = ours.project.weight.data, ours.project.bias.data
    theirs.out_proj.load_state_dict(ours.join.state_dict())
    hidden = torch.ones(STEPS, STEPS, dtype=torch.bool).triu(1)
    expected, weights = theirs(items, items, items, attn_mask=hidden, average_attn_weights=False)
    maps: list[Tensor] = []
    with listening(lambda _, shown, __: maps.append(shown)):
        context, _ = ours(items, ours.start(items[:, 0]))
    torch.testing.assert_close(context, expected)
    torch.testing.assert_close(maps[0], weights)


@pytest.mark.parametrize("pieces", [[1] * STEPS, [3, 1, 3], [1, 6]])
def test_in_pieces_is_as_at_once(pieces: list[int]):
    look_back, items = make()
    expected, whole = look_back(items, look_back.start(items[:, 0]))
    past, contexts, maps = look_back.start(items[:, 0]), [], []
    with listening(lambda _, shown, __: maps.append(shown)):
        for piece in items.split(pieces, dim=1):
            context, past = look_back(piece, past)
            contexts.append(context)
    torch.testing.assert_close(torch.cat(contexts, dim=1), expected, atol=1e-10, rtol=0)
    torch.testing.assert_close(past, whole, atol=1e-10, rtol=0)
    for shown, end, piece in zip(maps, torch.tensor(pieces).cumsum(0).tolist(), pieces, strict=True):
        assert shown.shape == (ROWS, HEADS, piece, end)
        torch.testing.assert_close(shown.sum(-1), torch.ones_like(shown[..., 0]))
        assert (shown.triu(end - piece + 1) == 0).all()


def test_a_past_is_a_value_from_which_one_may_go_on_twice():
    look_back, items = make()
    _, past = look_back(items[:, :4], look_back.start(items[:, 0]))
    first, _ = look_back(items[:, 4:5], past)
    look_back(items[:, 5:6], past)
    torch.testing.assert_close(look_back(items[:, 4:5], past)[0], first, atol=0, rtol=0)


def test_what_comes_later_has_no_influence():
    look_back, items = make()
    items.requires_grad_()
    look_back(items, look_back.start(items[:, 0]))[0][:, 3].sum().backward()
    assert items.grad is not None
    assert (items.grad[:, 4:] == 0).all()
    assert (items.grad[:, :4] != 0).all()


def test_gradients_are_right_from_the_start_and_after_a_past():
    look_back = CausalAttention(6, 2).double()
    items = torch.randn(2, 5, 6, dtype=torch.float64, requires_grad=True)

    def in_two(x: Tensor) -> Tensor:
        first, past = look_back(x[:, :3], look_back.start(x[:, 0]))
        return torch.cat([first, look_back(x[:, 3:], past)[0]], dim=1)

    assert torch.autograd.gradcheck(in_two, (items,))
