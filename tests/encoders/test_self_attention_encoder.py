"""The encoder of self-attention reads as torch's does, and padding changes nothing."""

import pytest
import torch
from torch import nn

from saccade.encoders import ENCODERS, RecurrentEncoder, SelfAttentionEncoder
from saccade.encoders.self_attention import SelfAttentionLayer

D_MODEL, HEADS, LAYERS, LENGTHS = 10, 5, 2, (7, 3, 1, 5)


def make() -> SelfAttentionEncoder:
    torch.manual_seed(3)
    return SelfAttentionEncoder(nn.Embedding(11, D_MODEL), heads=HEADS, layers=LAYERS).double()


def sources(width: int) -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.arange(width) < torch.tensor(LENGTHS)[:, None]
    source = torch.zeros(len(LENGTHS), width, dtype=torch.long)
    source[mask] = torch.arange(int(mask.sum())) % 10 + 1
    return source, mask


def torchs(encoder: SelfAttentionEncoder) -> nn.TransformerEncoder:
    """PyTorch's own, with the same weights."""
    layer = nn.TransformerEncoderLayer(D_MODEL, HEADS, 4 * D_MODEL, 0.0, "gelu", batch_first=True, norm_first=True)
    norm = nn.LayerNorm(D_MODEL)
    theirs = nn.TransformerEncoder(layer, LAYERS, norm, enable_nested_tensor=False).double()
    norm.load_state_dict(encoder.look.norm.state_dict())
    for ours, other in zip(encoder.look.layers, theirs.layers, strict=True):
        assert isinstance(ours, SelfAttentionLayer)
        other.load_state_dict(renamed(ours))
    return theirs


def renamed(layer: SelfAttentionLayer) -> dict[str, torch.Tensor]:
    """The parameters of a layer as PyTorch names them."""
    names = {
        "look.project.weight": "self_attn.in_proj_weight",
        "look.project.bias": "self_attn.in_proj_bias",
        "look.join": "self_attn.out_proj",
        "look_norm": "norm1",
        "think_norm": "norm2",
        "widen": "linear1",
        "narrow": "linear2",
    }
    found = {}
    for name, tensor in layer.named_parameters():
        start = next(start for start in names if name.startswith(start))
        found[names[start] + name.removeprefix(start)] = tensor
    return found


def test_equals_torchs_own_with_the_same_weights_and_every_gradient():
    encoder = make()
    theirs = torchs(encoder)
    source, mask = sources(7)
    items = encoder.place(encoder.embedding(source))
    expected = theirs(items, src_key_padding_mask=~mask)
    encoded = encoder(source, mask)
    torch.testing.assert_close(encoded.memory.values[mask], expected[mask])
    (encoded.memory.values[mask] * torch.arange(D_MODEL)).square().sum().backward()
    (expected[mask] * torch.arange(D_MODEL)).square().sum().backward(inputs=list(theirs.parameters()))
    for ours, other in zip(encoder.look.layers, theirs.layers, strict=True):
        assert isinstance(ours, SelfAttentionLayer)
        gradients = dict(other.named_parameters())
        for name, parameter in renamed(ours).items():
            torch.testing.assert_close(parameter.grad, gradients[name].grad)


def test_its_state_is_the_mean_of_the_real_items():
    source, mask = sources(13)
    encoded = make()(source, mask)
    [[state]] = encoded.states
    for row, length in enumerate(LENGTHS):
        torch.testing.assert_close(state[row], encoded.memory.values[row, :length].mean(0))


def test_alone_is_as_in_a_padded_batch():
    encoder = make()
    source, mask = sources(13)
    noise = torch.randint(11, source.shape, generator=torch.Generator().manual_seed(0))
    together = encoder(torch.where(mask, source, noise), mask)
    for row, length in enumerate(LENGTHS):
        alone = encoder(source[row : row + 1, :length], torch.ones(1, length, dtype=torch.bool))
        torch.testing.assert_close(together.memory.values[row, :length], alone.memory.values[0], atol=1e-10, rtol=0)
        torch.testing.assert_close(together.states[0][0][row], alone.states[0][0][0], atol=1e-10, rtol=0)


def test_dropout_is_for_training_only():
    for dropouts in ({"dropout": 0.5}, {"embedding_dropout": 0.5}):
        encoder = SelfAttentionEncoder(nn.Embedding(11, D_MODEL), heads=HEADS, layers=1, **dropouts)
        first, second = (encoder(*sources(7)).memory.values for _ in range(2))
        assert not torch.equal(first, second)
        encoder.eval()
        first, second = (encoder(*sources(7)).memory.values for _ in range(2))
        torch.testing.assert_close(first, second, atol=0, rtol=0)


def test_the_order_of_tokens_matters():
    encoder = make()
    mask = torch.ones(1, 3, dtype=torch.bool)
    one, other = (encoder(torch.tensor([tokens]), mask).states[0][0] for tokens in ([3, 4, 5], [5, 4, 3]))
    assert (one - other).abs().max() > 1e-3


@pytest.mark.parametrize("kind", ENCODERS)
def test_every_encoder_says_how_wide_its_memory_is(kind: str):
    given = {"d_state": 7} if ENCODERS[kind] is RecurrentEncoder else {"heads": 2, "layers": 1}
    encoder = ENCODERS[kind](nn.Embedding(11, 6), **given)
    source, mask = sources(7)
    assert encoder(source, mask).memory.values.shape == (len(LENGTHS), 7, encoder.d_memory)
    assert encoder(source, mask).states[-1][0].shape == (len(LENGTHS), encoder.d_memory)
