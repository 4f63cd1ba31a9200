"""What is recorded of a forced run is what a beam search carried, whatever looked, and whatever the batch."""

from typing import Any

import pytest
import torch
from tests.attention.contract import OPTIONS

from saccade.data.batches import collate
from saccade.errors import DataError
from saccade.models import (
    AttentionOptions,
    DecoderOptions,
    Embeddings,
    EncoderOptions,
    SelfAttentionOptions,
    SequenceToSequence,
    assemble,
)
from saccade.models.ensemble import Ensemble
from saccade.run.text_to_text.recorded import forced_maps
from saccade.search import beam

BEGIN, END = 1, 2
SOURCES = [[3 + (i * i + length) % 10 for i in range(length)] + [END] for length in (7, 1, 4)]
SELF = SelfAttentionOptions(d_model=6, heads=3, layers=2)
KINDS = {
    "additive": ("additive", "soft", 1),
    "several heads": ("scaled_dot", "soft", 2),
    "coverage": ("coverage", "soft", 1),
    "location, heads": ("location", "soft", 2),
    "monotonic": ("location", "monotonic", 1),
    "hard": ("additive", "hard", 1),
    "sparse": ("additive", "entmax", 1),
}


def model(kind: str) -> SequenceToSequence:
    torch.manual_seed(5)
    if kind in KINDS:
        score, selection, heads = KINDS[kind]
        built = assemble(
            13,
            11,
            encoder=EncoderOptions(d_state=5),
            decoder=DecoderOptions(d_state=6),
            attention=AttentionOptions(
                score, OPTIONS.get(score, {}), selection, OPTIONS.get(selection, {}), heads=heads
            ),
            embeddings=Embeddings(d_embedding=3),
        )
    else:
        built = assemble(13, 11, encoder=SELF, decoder=SELF, embeddings=Embeddings(d_embedding=6))
    with torch.no_grad():
        for parameter in built.parameters():  # large enough that looks differ
            parameter.normal_(std=0.7)
    return built.eval()


def test_layers_are_seen_where_the_decoder_does_not_look() -> None:
    blind = {"decoder": DecoderOptions(d_state=6, context="initial"), "embeddings": Embeddings(d_embedding=6)}
    [maps] = forced_maps(assemble(13, 11, encoder=SELF, **blind).eval(), [(SOURCES[0], [BEGIN, 5, END])])
    assert [seen.layer for seen in maps] == ["encoder.look.layers.0.look", "encoder.look.layers.1.look"]
    nothing = assemble(13, 11, encoder=EncoderOptions(d_state=5), **blind).eval()
    with pytest.raises(DataError):
        forced_maps(nothing, [(SOURCES[0], [BEGIN, 5, END])])


@pytest.mark.parametrize("kind", [*KINDS, "self-attention", "two together"])
def test_the_chosen_are_run_once_more(kind: str) -> None:
    network: Any = model(kind) if kind != "two together" else Ensemble([model("additive"), model("hard")])
    batch = collate([(source, [BEGIN]) for source in SOURCES])
    with torch.no_grad():
        step = network.read(batch.source, batch.source_mask)
        found = beam(step, begin=BEGIN, end=END, max_lengths=[9, 4, 6], beam=4, min_length=3)
    pairs = [(source, [BEGIN, *best.tokens, END]) for source, [best] in zip(SOURCES, found, strict=True)]
    for maps, (source, _), [best] in zip(forced_maps(network, pairs), pairs, found, strict=True):
        looks = [seen for seen in maps if seen.weights.shape[-2:] == (len(best.tokens) + 1, len(source))]
        looks = [seen for seen in looks if "decoder" in seen.layer]
        across = [torch.tensor(seen.weights.reshape(-1, *seen.weights.shape[-2:])).mean(0)[:-1] for seen in looks]
        assert best.weights is not None
        carried = torch.stack(across).mean(0) if kind == "two together" else across[-1]
        torch.testing.assert_close(carried, best.weights[:, : len(source)])


def test_every_layer_has_a_map_of_its_own_lengths() -> None:
    pairs = [(SOURCES[0], [BEGIN, 5, 6, END]), (SOURCES[2], [BEGIN, 4, 5, 6, 7, 8, END])]
    maps = forced_maps(model("self-attention"), pairs)[1]
    read, written = 5, 6
    assert [seen.weights.shape for seen in maps] == [
        *[(3, read, read)] * 2,
        *[(3, written, written), (3, written, read)] * 2,
    ]
    alone = forced_maps(model("self-attention"), pairs[1:])[0]
    for seen, other in zip(maps, alone, strict=True):
        assert seen.layer == other.layer
        torch.testing.assert_close(torch.tensor(seen.weights.copy()), torch.tensor(other.weights.copy()))
        torch.testing.assert_close(torch.tensor(seen.weights.sum(-1)), torch.ones(seen.weights.shape[:-1]))
