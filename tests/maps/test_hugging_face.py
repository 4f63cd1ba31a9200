"""Models of Hugging Face, small and random: what is recorded is what their own eager attention gives."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from saccade.maps import Recording, record

transformers: Any = pytest.importorskip("transformers", reason="transformers is not installed", exc_type=ImportError)

KINDS = ["bert", "llama", "t5", "marian"]
WAYS = ["eager", "sdpa"]
BATCH, LENGTH, WRITTEN, HEADS, TYPES = 2, 7, 5, 4, 17
REAL = torch.arange(LENGTH) < torch.tensor([[LENGTH], [4]])
SMALL = {"vocab_size": TYPES, "pad_token_id": 0}


def made(kind: str) -> Any:
    torch.manual_seed(0)
    if kind == "bert":
        sizes = {"hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": HEADS, "intermediate_size": 13}
        return transformers.BertModel(transformers.BertConfig(**SMALL, **sizes)).eval()
    if kind == "llama":
        sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": HEADS, "intermediate_size": 13}
        config = transformers.LlamaConfig(**SMALL, **sizes, num_key_value_heads=2, bos_token_id=1, eos_token_id=2)
        return transformers.LlamaForCausalLM(config).eval()
    if kind == "t5":
        config = transformers.T5Config(**SMALL, d_model=12, d_kv=3, d_ff=13, num_layers=1, num_heads=HEADS)
        return transformers.T5Model(config).eval()
    sizes = {"d_model": 12, "encoder_layers": 1, "decoder_layers": 1, "encoder_ffn_dim": 13, "decoder_ffn_dim": 11}
    heads = {"encoder_attention_heads": HEADS, "decoder_attention_heads": HEADS, "decoder_start_token_id": 1}
    return transformers.MarianModel(transformers.MarianConfig(**SMALL, **sizes, **heads)).eval()


@pytest.fixture(scope="module", params=KINDS)
def model(request: pytest.FixtureRequest) -> tuple[str, Any]:
    return request.param, made(request.param)


def inputs(kind: str) -> dict[str, Tensor]:
    ids = torch.arange(BATCH * LENGTH).reshape(BATCH, LENGTH) % (TYPES - 3) + 3
    given = {"input_ids": ids.where(REAL, torch.tensor(0)), "attention_mask": REAL.long()}
    return {**given, "decoder_input_ids": ids[:, :WRITTEN]} if kind in ("t5", "marian") else given


def own(outcome: Any) -> list[Tensor]:
    """The model's own maps, layer by layer, in the order in which they are made."""
    if "decoder_attentions" in outcome:
        pairs = zip(outcome.decoder_attentions, outcome.cross_attentions, strict=True)
        return [*outcome.encoder_attentions, *(weights for pair in pairs for weights in pair)]
    return list(outcome.attentions)


@pytest.mark.parametrize("way", WAYS)
@torch.no_grad()
def test_the_maps_are_the_models_own(model: tuple[str, Any], way: str) -> None:
    kind, network = model
    network.set_attn_implementation("eager")
    expected = own(network(**inputs(kind), output_attentions=True))
    network.set_attn_implementation(way)
    alone = network(**inputs(kind))[0]
    with record(network) as recording:
        outcome = network(**inputs(kind))[0]
    assert_close(outcome, alone, rtol=0, atol=0)
    assert len(recording.maps) == len(expected)
    for seen, weights in zip(recording.maps, expected, strict=True):
        assert network.get_submodule(seen.layer) is not None
        assert [axis.name for axis in seen.axes] == ["example", "head", "query", "key"]
        assert_close(torch.tensor(np.array(seen.weights)), weights)


def names(recording: Recording) -> list[str]:
    return [seen.layer for seen in recording.maps]


@torch.no_grad()
def test_tokens_are_labels_and_padding_is_cut_away() -> None:
    network = made("marian")
    with record(network) as recording:
        network(**inputs("marian"))
    assert names(recording) == [
        "encoder.layers.0.self_attn",
        "decoder.layers.0.self_attn",
        "decoder.layers.0.encoder_attn",
    ]
    read, written = ["a", "b", "c", "d", None, None, None], list("vwxyz")
    [looks] = recording.labelled(1, layers="encoder.*", query=read, key=read)
    assert [axis.labels for axis in looks.axes[1:]] == [("a", "b", "c", "d")] * 2
    [across] = recording.labelled(1, layers="*.encoder_attn", query=written, key=read)
    assert [axis.labels for axis in across.axes[1:]] == [("v", "w", "x", "y", "z"), ("a", "b", "c", "d")]
    assert_close(across.weights.sum(-1).copy(), np.ones((HEADS, WRITTEN), np.float32))
    [again] = recording.labelled(1, layers="*.encoder_attn", query=written, key=["a", "b", "c", "d"])
    assert again.to_json() == across.to_json()


@torch.no_grad()
def test_steps_of_writing_are_joined() -> None:
    network = made("llama")
    given = inputs("llama")["input_ids"][:1]
    network.set_attn_implementation("sdpa")
    # A mask makes the heads that share keys be laid where the queries are.
    options = {"attention_mask": torch.ones_like(given).index_fill(1, torch.tensor([0]), 0)}
    with record(network) as recording:
        written = network.generate(given, **options, do_sample=False, max_new_tokens=4, min_new_tokens=4)
    network.set_attn_implementation("eager")
    mask = torch.cat([options["attention_mask"], torch.ones(1, 3, dtype=torch.long)], 1)
    expected = network(written[:, :-1], attention_mask=mask, output_attentions=True).attentions
    for layer, seen in enumerate(recording.of(0, joined=True)):
        assert seen.layer == f"model.layers.{layer}.self_attn"
        assert seen.axes[-1].labels == tuple(str(key) for key in range(1, LENGTH + 3))
        assert_close(torch.tensor(np.array(seen.weights))[:, 1:], expected[layer][0, :, 1:, 1:])
