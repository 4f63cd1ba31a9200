"""The decoder of self-attention is PyTorch's, and with its past kept it says the same as without."""

import pytest
import torch
from torch import Tensor, nn

from saccade.attention import Memory
from saccade.decoders.self_attention import SelfAttentionDecoder, SelfAttentionDecoderLayer
from saccade.encoders import Encoded
from saccade.tree import reorder

D_MODEL, HEADS, LAYERS, VOCABULARY, SENTENCES, KEYS = 12, 3, 2, 11, 2, 7


def make(d_memory: int = D_MODEL, positions: str = "sine") -> SelfAttentionDecoder:
    torch.manual_seed(7)
    decoder = SelfAttentionDecoder(
        nn.Embedding(VOCABULARY, D_MODEL),
        d_memory,
        heads=HEADS,
        layers=LAYERS,
        positions=positions,  # pyright: ignore[reportArgumentType]
        longest=17,
    )
    return decoder.double()


def make_encoded(d_memory: int = D_MODEL) -> Encoded:
    mask = torch.ones(SENTENCES, KEYS, dtype=torch.bool)
    mask[1, 5:] = False
    memory = torch.randn(SENTENCES, KEYS, d_memory, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    return Encoded(Memory(memory, memory, mask), ())


def make_written(rows: int, steps: int) -> Tensor:
    return torch.randint(VOCABULARY, (rows, steps), generator=torch.Generator().manual_seed(2))


def renamed(layer: SelfAttentionDecoderLayer) -> dict[str, list[Tensor]]:
    """The parameters of a layer as PyTorch names them: those that it keeps in one, one below the other."""
    look = layer.look
    named: dict[str, list[Tensor]] = {
        f"multihead_attn.in_proj_{kind}": [
            getattr(part, kind) for part in (look.project_query, look.project_key, look.project_value)
        ]
        for kind in ("weight", "bias")
    }
    for theirs, ours in {
        "self_attn.in_proj_": layer.look_back.project,
        "self_attn.out_proj.": layer.look_back.join,
        "multihead_attn.out_proj.": look.join,
        "norm1.": layer.back_norm,
        "norm2.": layer.look_norm,
        "norm3.": layer.think_norm,
        "linear1.": layer.widen,
        "linear2.": layer.narrow,
    }.items():
        for kind in ("weight", "bias"):
            named[theirs + kind] = [getattr(ours, kind)]
    return named


def torchs(decoder: SelfAttentionDecoder) -> nn.TransformerDecoder:
    """PyTorch's own, with the same weights."""
    layer = nn.TransformerDecoderLayer(D_MODEL, HEADS, 4 * D_MODEL, 0.0, "gelu", batch_first=True, norm_first=True)
    norm = nn.LayerNorm(D_MODEL)
    theirs = nn.TransformerDecoder(layer, LAYERS, norm).double()
    norm.load_state_dict(decoder.norm.state_dict())
    for ours, other in zip(decoder.layers, theirs.layers, strict=True):
        assert isinstance(ours, SelfAttentionDecoderLayer)
        other.load_state_dict({name: torch.cat(parts) for name, parts in renamed(ours).items()})
    return theirs


def test_equals_torchs_own_with_the_same_weights_and_every_gradient():
    decoder, encoded, written = make(), make_encoded(), make_written(SENTENCES, 5)
    theirs = torchs(decoder)
    remembered = decoder.remember(encoded)
    decoded, _ = decoder(written, remembered.start, remembered)
    assert encoded.memory.mask is not None
    expected = theirs(
        decoder.place(decoder.embedding(written)),
        encoded.memory.values,
        tgt_mask=torch.ones(5, 5, dtype=torch.bool).triu(1),
        memory_key_padding_mask=~encoded.memory.mask,
    )
    torch.testing.assert_close(decoded.features, expected)
    (decoded.features * torch.arange(D_MODEL)).square().sum().backward()
    (expected * torch.arange(D_MODEL)).square().sum().backward(inputs=list(theirs.parameters()))
    for ours, other in zip(decoder.layers, theirs.layers, strict=True):
        assert isinstance(ours, SelfAttentionDecoderLayer)
        gradients = dict(other.named_parameters())
        for name, parts in renamed(ours).items():
            ours_grad = torch.cat([part.grad for part in parts if part.grad is not None])
            torch.testing.assert_close(ours_grad, gradients[name].grad)


@pytest.mark.parametrize("positions", ["sine", "learnt"])
def test_with_its_past_kept_it_says_the_same_as_without_however_hypotheses_change_places(positions: str):
    decoder, steps, hypotheses = make(positions=positions), 20, 3
    remembered = decoder.remember(make_encoded())
    sentences = torch.arange(SENTENCES).repeat_interleave(hypotheses)
    generator = torch.Generator().manual_seed(3)
    state, written = reorder(remembered.start, sentences), torch.zeros(len(sentences), 0, dtype=torch.long)
    with torch.no_grad():
        for _ in range(steps):
            token = torch.randint(VOCABULARY, (len(sentences), 1), generator=generator)
            written = torch.cat([written, token], dim=1)
            kept, state = decoder(token, state, remembered)
            whole, _ = decoder(written, reorder(remembered.start, sentences), remembered)
            torch.testing.assert_close(kept.features[:, 0], whole.features[:, -1], atol=1e-10, rtol=0)
            assert kept.weights is not None
            assert whole.weights is not None
            torch.testing.assert_close(kept.weights[:, :, 0], whole.weights[:, :, -1], atol=1e-10, rtol=0)
            places = torch.randint(hypotheses, (len(sentences),), generator=generator) + sentences * hypotheses
            state, written = reorder((state, written), places)
    assert state[0].keys.shape[2] == steps


def test_what_is_written_later_has_no_influence():
    decoder, written = make(d_memory=5), make_written(SENTENCES, 5)
    remembered = decoder.remember(make_encoded(5))
    changed = written.clone()
    changed[:, 3:] = (changed[:, 3:] + 1) % VOCABULARY
    one, other = (decoder(tokens, remembered.start, remembered)[0] for tokens in (written, changed))
    torch.testing.assert_close(one.features[:, :3], other.features[:, :3], atol=0, rtol=0)
    torch.testing.assert_close(one.weights[:, :, :3], other.weights[:, :, :3], atol=0, rtol=0)
    assert (one.features[:, 3:] - other.features[:, 3:]).abs().amin() > 0


def test_a_sentence_alone_is_as_in_a_padded_batch():
    decoder, encoded, written = make(d_memory=5), make_encoded(5), make_written(SENTENCES, 5)
    remembered = decoder.remember(encoded)
    together, _ = decoder(written, remembered.start, remembered)
    short = encoded.memory.values[1:, :5]
    alone_remembered = decoder.remember(Encoded(Memory(short, short), ()))
    alone, _ = decoder(written[1:, :4], alone_remembered.start, alone_remembered)
    torch.testing.assert_close(together.features[1:, :4], alone.features, atol=1e-10, rtol=0)
    assert together.weights is not None
    torch.testing.assert_close(together.weights[1:, :, :4, :5], alone.weights, atol=1e-10, rtol=0)


def test_gradients_are_right():
    decoder = SelfAttentionDecoder(nn.Embedding(VOCABULARY, 4), 3, heads=2, layers=1).double()
    memory = torch.randn(2, 3, 3, dtype=torch.float64, requires_grad=True)
    written, mask = make_written(2, 3), torch.tensor([[True] * 3, [True, True, False]])

    def features(read: Tensor, embedding: Tensor) -> Tensor:
        with torch.no_grad():
            decoder.embedding.weight.copy_(embedding)
        remembered = decoder.remember(Encoded(Memory(read, read, mask), ()))
        return decoder(written, remembered.start, remembered)[0].features

    assert torch.autograd.gradcheck(lambda read: features(read, decoder.embedding.weight), (memory,))
