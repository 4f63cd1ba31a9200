"""Networks that look at their own past against the slow loops over one sentence at a time, every gradient compared."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.attention import SCORES, SELECTIONS
from saccade.cells import CELLS
from saccade.encoders import RecurrentEncoder
from saccade.maps import record
from saccade.models import EncoderOptions, HistoryOptions
from saccade.models.assemble import history_of

from . import history, looking, parameters
from .comparing import assert_same, padded, shake
from .decoder import Kind, LooksBack, decode
from .test_decoder import (
    D_ENCODER,
    SOURCES,
    TARGETS,
    WAYS,
    CellName,
    Context,
    Query,
    assert_model_is_the_papers,
    assert_writes_with_two_hypotheses,
    build,
)

D_EMBEDDING, D_STATE, TYPES = 5, 7, 13
READ = [[4, 9, 11, 5, 2], [7, 2], [3], [12, 3, 3, 2]]
SAME_WIDTH = {"cosine", "dot", "scaled_dot"}
SCORED = [name for name, part in SCORES.items() if not part.state_parts and name not in SAME_WIDTH]
SELECTED = [name for name, part in SELECTIONS.items() if not part.state_parts]


def encoder_of(cell: str, *, layers: int = 1, directions: int = 2, **options: Any) -> RecurrentEncoder:
    looks = history_of("encoder", HistoryOptions(**options))
    embedding = nn.Embedding(TYPES, D_EMBEDDING)
    return shake(RecurrentEncoder(embedding, D_STATE, cell=cell, layers=layers, directions=directions, history=looks))


def assert_encoder_is_the_papers(encoder: RecurrentEncoder, cell: str) -> None:
    source, mask = padded(READ)
    memory, states = encoder(source, mask)
    annotations, lasts = zip(*(parameters.read(encoder, cell, row) for row in READ), strict=True)
    stacked = [
        torch.stack([last[layer][part] for last in lasts])
        for layer, state in enumerate(states)
        for part in range(len(state))
    ]
    ours = [memory.values[mask], *(part for state in states for part in state)]
    assert_same(encoder, ours, [torch.cat(annotations), *stacked])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("directions", [1, 2])
def test_encoder_is_the_papers_on_a_padded_batch(cell: str, layers: int, directions: int):
    assert_encoder_is_the_papers(encoder_of(cell, layers=layers, directions=directions), cell)


@pytest.mark.parametrize("score", SCORED)
@pytest.mark.parametrize("selection", SELECTED)
def test_any_score_and_selection_that_remember_nothing(score: str, selection: str):
    assert_encoder_is_the_papers(encoder_of("lstm", score=score, selection=selection), "lstm")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("context", "query"), WAYS)
@pytest.mark.parametrize("feeding", [False, True], ids=["plain", "feeding"])
def test_model_is_the_papers_with_a_history_on_both_sides(
    cell: CellName, context: Context, query: Query, feeding: bool
):
    kind, looks = Kind(cell, context, query, feeding), HistoryOptions()
    encoder = EncoderOptions(d_state=D_ENCODER, cell=cell, layers=2, history=looks)
    assert_model_is_the_papers(build(kind, layers=2, encoder=encoder, history=looks), kind)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("context", "query"), WAYS)
def test_writing_word_by_word_with_two_hypotheses_a_sentence(cell: CellName, context: Context, query: Query):
    kind = Kind(cell, context, query, input_feeding=True)
    assert_writes_with_two_hypotheses(build(kind, layers=2, history=HistoryOptions()), kind)


def squared(looks: list[Tensor], steps: int) -> Tensor:
    """The weights of each step, padded to as many as there are steps."""
    return torch.stack([nn.functional.pad(weights, (0, steps - len(weights))) for weights in looks])


@pytest.mark.parametrize("directions", [1, 2])
def test_maps_of_an_encoder_are_the_papers_in_the_order_of_the_text(directions: int):
    encoder = encoder_of("lstm", directions=directions)
    source, mask = padded(READ)
    with record(encoder) as recording:
        encoder(source, mask)
    assert [seen.layer for seen in recording.maps] == [f"histories.0.{way}" for way in range(directions)]
    for row, words in enumerate(READ):
        xs = [encoder.embedding.weight[word] for word in words]
        for way, seen in enumerate(recording.of(row)):
            cell, look = parameters.of_cell(encoder.layers[0][way]), parameters.looks_back(encoder.histories[0][way])
            _, looks = history.unroll("lstm", cell, xs[::-1] if way else xs, look)
            expected = squared(looks, len(words))
            own = torch.tensor(seen.weights)[: len(words), : len(words)]
            assert_close(own, (expected.flip(0, 1) if way else expected).detach().float())
            assert (seen.weights[:, len(words) :] == 0).all()


def test_maps_of_a_decoder_are_the_papers_and_begin_with_the_state_that_it_starts_from():
    kind = Kind("gru", "attention")
    model = build(kind, layers=2, history=HistoryOptions())
    source, mask = padded(SOURCES)
    written, _ = padded(TARGETS)
    remembered = model.remember(source, mask)
    with record(model.decoder) as recording:
        model.decoder(written[:, :-1], remembered.start, remembered)
    names = [seen.layer for seen in recording.maps if seen.layer.startswith("histories")]
    assert names == ["histories.0", "histories.1"]
    memory, states = parameters.read(model.encoder, "gru", SOURCES[0])
    first = parameters.cross(model.decoder, states)
    back = LooksBack(first, [parameters.looks_back(one) for one in model.decoder.histories])
    look = looking.looker(model.decoder.attention, memory)
    words = TARGETS[0][:-1]
    decode(kind, parameters.of_decoder(model.decoder, model.vocabulary), words, first, look=look, back=back)
    for name, looks in zip(names, back.weights, strict=True):
        seen = next(one for one in recording.of(0) if one.layer == name)
        own = torch.tensor(seen.weights)[: len(words), : len(words)]
        assert_close(own, squared(looks, len(words)).detach().float())
