"""Models that are not ours are overheard: torch's own attentions, written-out ones, and gates by name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.testing import assert_close
from torch.utils._python_dispatch import TorchDispatchMode

from saccade.attention import Attention, Memory, MultiHead
from saccade.attention.scores import Additive, ScaledDot
from saccade.attention.selections import Soft
from saccade.decoders.causal_attention import CausalAttention
from saccade.decoders.cross_attention import CrossAttention
from saccade.encoders.self_attention import SelfAttention
from saccade.errors import DataError, OptionError
from saccade.gates import BLOCK_GATES
from saccade.maps import Recording, record
from saccade.maps.dot_products import dot_product_weights

BATCH, HEADS, SHARED, QUERY, KEY, WIDTH = 2, 3, 2, 5, 7, 11
EVEN = 4  # for which torch has its fast path


def weights_of(recording: Recording, layer: str) -> Tensor:
    return torch.tensor(np.array(next(seen.weights for seen in recording.maps if seen.layer == layer)))


class Fused(nn.Module):
    """Calls torch's fused attention as it is told."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor, **options: Any) -> Tensor:
        return functional.scaled_dot_product_attention(query, key, value, **options)


def mask_of_numbers() -> Tensor:
    return torch.randn(BATCH, 1, QUERY, KEY).masked_fill(torch.arange(KEY) == 3, -torch.inf)


OPTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    "plain": dict,
    "causal": lambda: {"is_causal": True},
    "scaled": lambda: {"scale": 0.3},
    "what may be looked at": lambda: {"attn_mask": torch.rand(BATCH, 1, QUERY, KEY) > 0.4},
    "what is added": lambda: {"attn_mask": mask_of_numbers()},
    "nothing to look at": lambda: {"attn_mask": torch.arange(QUERY)[:, None].expand(QUERY, KEY) > 0},
}


@pytest.mark.parametrize("kind", OPTIONS)
@pytest.mark.parametrize("shared", [1, SHARED])
def test_a_fused_call_weighs_its_values_by_what_is_recorded(kind: str, shared: int) -> None:
    torch.manual_seed(0)
    heads = HEADS * shared
    query, key, value = (torch.randn(BATCH, n, size, WIDTH) for n, size in ((heads, QUERY), (HEADS, KEY), (HEADS, KEY)))
    options = OPTIONS[kind]() | ({"enable_gqa": True} if shared > 1 else {})
    model = nn.ModuleDict({"look": Fused()})
    alone = model["look"](query, key, value, **options)
    with record(model) as recording:
        outcome = model["look"](query, key, value, **options)
    assert_close(outcome, alone, rtol=0, atol=0)
    weights = weights_of(recording, "look")
    assert weights.shape == (BATCH, heads, QUERY, KEY)
    assert_close(weights @ value.repeat_interleave(shared, 1), outcome)
    assert [axis.name for axis in recording.maps[0].axes] == ["example", "head", "query", "key"]


def test_what_no_query_may_look_at_is_cut_away() -> None:
    query, key = torch.randn(BATCH, HEADS, QUERY, WIDTH), torch.randn(BATCH, HEADS, KEY, WIDTH)
    real = torch.arange(KEY) < torch.tensor([[KEY], [4]])
    lowest = torch.zeros(BATCH, 1, 1, KEY).masked_fill(~real[:, None, None], torch.finfo(torch.float32).min)
    for mask in (real[:, None, None], lowest):
        model = Fused()
        with record(model) as recording:
            model(query, key, key, attn_mask=mask)
        assert [recording.of(example)[0].weights.shape for example in range(BATCH)] == [
            (HEADS, QUERY, KEY),
            (HEADS, QUERY, 4),
        ]
        [cut] = recording.of(1, query=2)
        assert cut.weights.shape == (HEADS, 2, 4)
        assert_close(cut.weights.sum(-1).copy(), np.ones((HEADS, 2), np.float32))


def test_what_is_dropped_in_training_is_no_part_of_the_map() -> None:
    query = torch.randn(BATCH, HEADS, QUERY, WIDTH)
    model = Fused()
    with record(model) as recording:
        model(query, query, query, dropout_p=0.9)
    assert_close(weights_of(recording, "Fused"), dot_product_weights(query, query, query)[0])


def encoder(**options: Any) -> nn.TransformerEncoder:
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(WIDTH + 1, EVEN, 13, batch_first=True, **options)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)


@pytest.mark.parametrize("training", [False, True])
def test_torchs_own_encoder_hides_nothing(training: bool) -> None:
    model = encoder(dropout=0.0).train(training)
    items = torch.randn(BATCH, QUERY, WIDTH + 1)
    padding = torch.arange(QUERY) >= torch.tensor([[QUERY], [3]])
    with torch.set_grad_enabled(training):
        fast = operations(lambda: model(items, src_key_padding_mask=padding))
        assert ("aten._transformer_encoder_layer_fwd.default" in fast) is not training
        alone = model(items, src_key_padding_mask=padding)
        with record(model) as recording:
            outcome = model(items, src_key_padding_mask=padding)
    assert_close(outcome[~padding], alone[~padding])
    layers = ["layers.0.self_attn", "layers.1.self_attn"]
    assert [seen.layer for seen in recording.maps] == layers
    attention = model.get_submodule("layers.0.self_attn")
    _, expected = attention(items, items, items, key_padding_mask=padding, average_attn_weights=False)
    assert_close(weights_of(recording, layers[0]), expected.detach())
    assert [seen.weights.shape for seen in recording.of(1)] == [(EVEN, 3, 3)] * 2


def test_torchs_several_heads_are_kept_apart_whatever_was_asked_for() -> None:
    torch.manual_seed(0)
    attention = nn.MultiheadAttention(WIDTH + 1, HEADS, dropout=0.5, kdim=5, vdim=5, batch_first=True)
    model = nn.ModuleDict({"look": attention})
    query, key = torch.randn(BATCH, QUERY, WIDTH + 1), torch.randn(BATCH, KEY, 5)
    mask = torch.zeros(QUERY, KEY, dtype=torch.bool)
    mask[1] = True
    mask[2, 3:] = True
    with record(model) as recording:
        _, averaged = attention(query, key, key, attn_mask=mask)
        attention(query[0], key[0], key[0], need_weights=False)
    several = weights_of(recording, "look")
    assert several.shape == (BATCH, HEADS, QUERY, KEY)
    assert (several[:, :, 1] == 0).all()
    assert (several[:, :, 2, 3:] == 0).all()
    attention.eval()
    _, expected = attention(query, key, key, attn_mask=mask, average_attn_weights=False)
    assert averaged.shape == (BATCH, QUERY, KEY)
    assert_close(several[:, :, 2:], expected.detach()[:, :, 2:])
    assert weights_of(recording, "look (2)").shape == (1, HEADS, QUERY, KEY)


class WrittenOut(nn.Module):
    """Attention as a textbook writes it."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way, self.drop = way, nn.Dropout(0.5)

    def forward(self, query: Tensor, key: Tensor) -> Tensor:
        scores = query @ key.mT
        if self.way == "several heads":
            weights = self.drop(scores.float().softmax(-1).type_as(query))
            return weights @ key
        if self.way == "einsum":
            return torch.einsum("bqk,bkd->bqd", functional.softmax(scores, dim=2), key)
        first = torch.softmax(scores[:, 0], dim=-1)
        return torch.bmm(first.unsqueeze(1), key)


@pytest.mark.parametrize("way", ["several heads", "einsum", "one query"])
def test_attention_that_is_written_out(way: str) -> None:
    torch.manual_seed(0)
    between = (HEADS,) if way == "several heads" else ()
    query, key = torch.randn(BATCH, *between, QUERY, WIDTH), torch.randn(BATCH, *between, KEY, WIDTH)
    model = WrittenOut(way)
    with record(model) as recording:
        model(query, key)
        torch.softmax(query, -1)  # weighs nothing
    [seen] = recording.maps
    expected = (query @ key.mT).softmax(-1)
    assert_close(torch.tensor(np.array(seen.weights)), expected[:, :1] if way == "one query" else expected)


class Squeezed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.narrow, self.widen, self.sigmoid = nn.Conv2d(HEADS, 2, 1), nn.Conv2d(2, HEADS, 1), nn.Sigmoid()

    def forward(self, features: Tensor) -> Tensor:
        return features * self.sigmoid(self.widen(self.narrow(features.mean((2, 3), keepdim=True)).relu()))


def squeezing() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, HEADS, 3), Squeezed(), nn.Conv2d(HEADS, HEADS, 3), Squeezed())


def test_gates_of_other_models_by_a_pattern_or_a_function() -> None:
    model, images = squeezing(), torch.randn(BATCH, 1, QUERY, KEY)
    with record(model, gates="*.sigmoid") as recording:
        model(images)
    assert [seen.layer for seen in recording.of(1)] == ["1.sigmoid", "3.sigmoid"]
    assert [axis.name for axis in recording.of(1)[0].axes] == ["channel"]
    assert recording.maps[0].range == (0.0, 1.0)
    features = model[0](images)
    [first, _] = recording.maps
    expected = model[1](features) / features
    assert_close(torch.tensor(np.array(first.weights)), expected.detach()[:, :, 0, 0])
    with record(model, gates=lambda name, module: name == "1" or isinstance(module, nn.Sigmoid)) as recording:
        model(images)
    assert [seen.layer for seen in recording.maps] == ["1.sigmoid", "1", "3.sigmoid"]
    assert [axis.name for axis in recording.maps[1].axes[1:]] == ["channel", "height", "width"]


def test_an_error_in_a_gate_stays_what_it_is() -> None:
    model = squeezing()
    with pytest.raises(RuntimeError, match="channels"), record(model, gates=lambda *_: True):
        model(torch.randn(BATCH, 2, QUERY, KEY))


def test_gates_that_are_none() -> None:
    model, images = squeezing(), torch.randn(BATCH, 1, QUERY, KEY)
    with (
        pytest.raises(OptionError, match=r"'\*.gate' names none of 11\. .* is there 2 times: `1.sigmoid` \(Sigmoid\)"),
        record(model, gates="*.gate"),
    ):
        pass
    identity = nn.Identity()
    with pytest.raises(DataError, match=r"`Identity` must give a map .* but gave a tensor of shape \(2, 3, 5\)"):  # noqa: SIM117
        with record(identity, gates=lambda *_: True):
            identity(torch.zeros(BATCH, 3, 5))
    with (
        pytest.raises(
            DataError, match=r"`1.sigmoid` \(Sigmoid\), `3.sigmoid` \(Sigmoid\)\. Name those .* with `gates`"
        ),
        record(model),
    ):
        model(images)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the compiler's own imports
def test_what_is_compiled_or_scripted_is_no_hindrance() -> None:
    linear: Any = torch.jit.trace(nn.Linear(WIDTH, WIDTH), torch.zeros(1, WIDTH))
    model = nn.ModuleDict({"linear": linear, "look": Fused()})
    query = model["linear"](torch.randn(BATCH, HEADS, QUERY, WIDTH)).detach()
    compiled: Any = torch.compile(model["look"], backend="eager")
    compiled(query, query, query)
    for recorded, name in ((nn.ModuleDict({"look": compiled}), "look"), (compiled, "Fused"), (model, "look")):
        with record(recorded) as recording:
            (recorded["look"] if isinstance(recorded, nn.ModuleDict) else recorded)(query, query, query)
        assert [seen.layer for seen in recording.maps] == [name]
        assert_close(weights_of(recording, name), dot_product_weights(query, query, query)[0])


def test_a_look_outside_of_the_model_is_told_of() -> None:
    query = torch.randn(BATCH, HEADS, QUERY, WIDTH)
    with pytest.raises(DataError, match=r"of 0 `nn.MultiheadAttention`, .* 1 looks fell outside"):  # noqa: SIM117
        with record(nn.Identity()):
            functional.scaled_dot_product_attention(query, query, query)


def test_weights_that_are_no_number_and_a_source_that_is_empty() -> None:
    model = nn.ModuleDict({"look": Fused()})
    query = torch.full((BATCH, HEADS, QUERY, WIDTH), torch.nan)
    with pytest.raises(DataError, match=r"map of `look` must be finite, but its weight at \(0, 0, 0, 0\) is nan"):  # noqa: SIM117
        with record(model):
            model["look"](query, query, query)
    with pytest.raises(DataError, match=r"`look` \(Fused\) showed a map without items, of shape \(2, 3, 5, 0\)"):  # noqa: SIM117
        with record(model):
            model["look"](query, query[:, :, :0], query[:, :, :0])


class Listed(TorchDispatchMode):
    """Notes every operation that torch dispatches."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.operations.append(str(func))
        return func(*args, **(kwargs or {}))


def operations(call: Callable[[], Any]) -> list[str]:
    with Listed() as listed:
        call()
    return listed.operations


def ours() -> dict[str, tuple[nn.Module, Callable[[], Any]]]:
    torch.manual_seed(0)
    items, mask = torch.randn(BATCH, QUERY, 6), torch.arange(QUERY) < torch.tensor([[QUERY], [3]])
    features = torch.randn(BATCH, 16, QUERY, KEY)
    single = Attention(Additive(6, 6, 3), Soft())
    several = MultiHead(
        lambda width: Attention(ScaledDot(width, width), Soft()), d_query=6, d_key=6, d_value=6, d_model=6, heads=2
    )
    encoding, causal, cross = SelfAttention(6, 2), CausalAttention(6, 2), CrossAttention(6, 6, 2)
    kept = {part: part.remember(Memory(items, items, mask)) for part in (single, several, cross)}
    calls: dict[str, tuple[nn.Module, Callable[[], Any]]] = {
        "attention": (single, lambda: single(items, kept[single])),
        "several heads": (several, lambda: several(items, kept[several])),
        "self-attention": (encoding, lambda: encoding(items, mask)),
        "causal": (causal, lambda: causal(items, causal.start(items[:, 0]))),
        "cross": (cross, lambda: cross(items, kept[cross])),
    }
    for name, gate in BLOCK_GATES.items():
        made = gate(16).eval()
        calls[name] = (made, lambda made=made: made(features))
    return calls


FUSED = ("self-attention", "causal", "cross")


@pytest.mark.parametrize("kind", ours())
def test_nothing_is_dispatched_for_who_might_record(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, call = ours()[kind]
    before = operations(call)
    with record(module) as recording:
        while_recorded = operations(call)
    assert recording.maps
    after = operations(call)
    for place in ("attention.attention", "attention.multi_head", "gates.gate", "gates.scale"):  # what would be shown
        monkeypatch.setattr(f"saccade.{place}.show", lambda *_: None)
    for place in ("decoders.causal_attention", "decoders.cross_attention", "encoders.self_attention", "gates.pooled"):
        monkeypatch.setattr(f"saccade.{place}.is_recording", lambda: False)
    assert before == after == operations(call)
    assert while_recorded != before  # the list would show it
    if kind in FUSED:
        assert not any("softmax" in operation for operation in before)
        assert any("softmax" in operation for operation in while_recorded)


def test_nothing_is_left_behind() -> None:
    model, items = encoder().eval(), torch.randn(BATCH, QUERY, WIDTH + 1)
    before = operations(lambda: model(items))
    with record(model):
        model(items)
    with pytest.raises(ZeroDivisionError), record(model):
        raise ZeroDivisionError
    assert operations(lambda: model(items)) == before
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert not torch.overrides._get_current_function_mode_stack()
