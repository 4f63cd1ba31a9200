"""The whole model against the slow loops over one sentence at a time: every step's distribution, where it looked,
the smoothed loss, and every gradient, for each cell, context, query, feeding and number of layers."""

from collections.abc import Sequence
from typing import Literal

import pytest
import torch
from tests.attention.contract import OPTIONS
from torch import Tensor
from torch.testing import assert_close

from saccade.attention import SCORES, SELECTIONS
from saccade.cells import CELLS
from saccade.data.batches import Batch
from saccade.models import SequenceToSequence
from saccade.models.assemble import assemble
from saccade.models.options import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, HistoryOptions
from saccade.search import reorder

from . import parameters
from .comparing import assert_same, padded, shake
from .decoder import Kind, Written, log_prob, smoothed_loss

TYPES_IN, TYPES_OUT, D_EMBEDDING, D_ENCODER, D_DECODER, D_READOUT, D_SUMMARY = 23, 19, 3, 5, 7, 11, 13
SOURCES = [[4, 9, 11, 5, 2], [7, 2], [12, 3, 3, 2]]
TARGETS = [[1, 5, 6, 2], [1, 12, 4, 8, 4, 2], [1, 2]]
BEGUN = [[1, 7, 7], [1, 5, 9], [1, 3, 2], [1, 17, 4], [1, 8, 8], [1, 9, 5]]
SMOOTHING = 0.1

WAYS = [
    pytest.param("initial", "previous-state", id="initial"),
    pytest.param("every-step", "previous-state", id="every-step"),
    pytest.param("attention", "previous-state", id="attention-previous"),
    pytest.param("attention", "current-state", id="attention-current"),
]
Context = Literal["initial", "every-step", "attention"]
Query = Literal["previous-state", "current-state"]
CellName = Literal["rnn", "gru", "lstm"]


def build(
    kind: Kind,
    *,
    layers: int = 1,
    encoder: EncoderOptions | None = None,
    embeddings: Embeddings | None = None,
    attention: AttentionOptions | None = None,
    d_readout: int = D_READOUT,
    types_in: int = TYPES_IN,
    history: HistoryOptions | None = None,
) -> SequenceToSequence:
    decoder = DecoderOptions(
        d_state=D_DECODER,
        cell=kind.cell,
        layers=layers,
        context=kind.context,
        query=kind.query,
        input_feeding=kind.input_feeding,
        d_summary=D_SUMMARY,
        d_readout=d_readout,
        history=history,
    )
    model = assemble(
        types_in,
        TYPES_OUT,
        encoder=encoder or EncoderOptions(d_state=D_ENCODER, cell=kind.cell, layers=layers),
        decoder=decoder,
        attention=attention or AttentionOptions(score_options={"d_score": 17}),
        embeddings=embeddings or Embeddings(D_EMBEDDING),
    )
    return shake(model)


def assert_model_is_the_papers(
    model: SequenceToSequence, kind: Kind, encoder_cell: str | None = None, unmoved: Sequence[str] = ()
) -> None:
    batch = Batch(*padded(SOURCES), *padded(TARGETS))
    written = [
        parameters.write(model, kind, encoder_cell or kind.cell, source, target[:-1])
        for source, target in zip(SOURCES, TARGETS, strict=True)
    ]
    assert_same(model, of_model(model, batch), of_oracle(written), unmoved=unmoved)
    unsmoothed = model(batch)
    assert_close(unsmoothed.total, -unsmoothed.log_prob)
    assert int(unsmoothed.tokens) == sum(len(target) - 1 for target in TARGETS)


def of_model(model: SequenceToSequence, batch: Batch) -> list[Tensor]:
    """Give the log-probabilities of each real step, where it looked, the smoothed loss and the log-probability."""
    real = batch.target_mask[:, 1:]
    remembered = model.remember(batch.source, batch.source_mask)
    decoded, _ = model.decoder(batch.target[:, :-1], remembered.start, remembered)
    log_probs = torch.log_softmax(model.vocabulary(decoded.features), dim=-1)[real]
    loss = model(batch, smoothing=SMOOTHING)
    looks = [] if decoded.weights is None else [per_step(decoded.weights)[real]]
    return [log_probs, *looks, loss.total, loss.log_prob]


def per_step(weights: Tensor) -> Tensor:
    """Bring weights with heads (batch, head, query, key) to (batch, query, head, key)."""
    return weights.transpose(1, 2) if weights.dim() == 4 else weights


def of_oracle(written: list[Written]) -> list[Tensor]:
    """Give the same of what the oracle wrote; a key beyond the end of a source has weight 0."""
    log_probs, looks, losses, chosen = [], [], [], []
    for sentence, target in zip(written, TARGETS, strict=True):
        for logits, weights, word in zip(sentence.logits, sentence.weights, target[1:], strict=True):
            log_probs.append(torch.stack([log_prob(logits, other) for other in range(TYPES_OUT)]))
            losses.append(smoothed_loss(logits, word, SMOOTHING))
            chosen.append(log_prob(logits, word))
            if weights is not None:
                looks.append(lengthened(weights))
    all_looks = [torch.stack(looks)] if looks else []
    return [torch.stack(log_probs), *all_looks, torch.stack(losses).sum(), torch.stack(chosen).sum().detach()]


def lengthened(weights: Tensor) -> Tensor:
    """Add zeros for the keys that the longest source has more."""
    return torch.nn.functional.pad(weights, (0, max(map(len, SOURCES)) - weights.shape[-1]))


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("context", "query"), WAYS)
@pytest.mark.parametrize("feeding", [False, True], ids=["plain", "feeding"])
@pytest.mark.parametrize("layers", [1, 2])
def test_model_is_the_papers(cell: CellName, context: Context, query: Query, feeding: bool, layers: int):
    kind = Kind(cell, context, query, feeding)
    assert_model_is_the_papers(build(kind, layers=layers), kind)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("context", "query"), WAYS)
def test_one_way_encoder_of_the_same_width_starts_the_decoder_directly(cell: CellName, context: Context, query: Query):
    kind = Kind(cell, context, query)
    encoder = EncoderOptions(d_state=D_DECODER, cell=cell, layers=2, directions=1)
    model = build(kind, layers=2, encoder=encoder)
    assert not list(model.decoder.bridge.parameters())
    assert_model_is_the_papers(model, kind)


@pytest.mark.parametrize(("read", "written"), [("gru", "lstm"), ("lstm", "gru"), ("rnn", "lstm"), ("lstm", "rnn")])
def test_encoder_and_decoder_of_different_cells(read: str, written: CellName):
    kind = Kind(written, "attention")
    encoder = EncoderOptions(d_state=D_ENCODER, cell=read, layers=2)
    assert_model_is_the_papers(build(kind, layers=2, encoder=encoder), kind, read)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize(("query", "feeding"), [("previous-state", False), ("current-state", True)])
def test_every_attention_works_in_a_decoder(score: str, selection: str, heads: int, query: Query, feeding: bool):
    kind = Kind("gru", "attention", query, feeding)
    chosen, scored = OPTIONS.get(selection, {}), OPTIONS.get(score, {})
    options = AttentionOptions(score, scored, selection, chosen, heads=heads, d_model=6)
    # One way and as wide as the decoder, since some scores want query and key of one width.
    encoder = EncoderOptions(d_state=D_DECODER, directions=1)
    model = build(kind, encoder=encoder, attention=options)
    shifted_alike = heads > 1 and score in {"dot", "scaled_dot", "general"} and selection != "monotonic"
    unmoved = ["decoder.attention.project_key.bias"] if shifted_alike else []
    assert_model_is_the_papers(model, kind, unmoved=unmoved)


KINDS_WITH_STATE = [
    *((score, "soft") for score, part in SCORES.items() if part.state_parts),
    *(("additive", selection) for selection, part in SELECTIONS.items() if part.state_parts),
    ("coverage", "monotonic"),
]


@pytest.mark.parametrize(("score", "selection"), KINDS_WITH_STATE)
@pytest.mark.parametrize("heads", [1, 2])
def test_looks_that_depend_on_earlier_ones_go_step_by_step(score: str, selection: str, heads: int):
    """Where nothing else in the recurrence waits for a look."""
    kind = Kind("lstm", "attention", "current-state")
    scored, chosen = OPTIONS.get(score, {}), OPTIONS.get(selection, {})
    options = AttentionOptions(score, scored, selection, chosen, heads=heads, d_model=6)
    assert_model_is_the_papers(build(kind, layers=2, attention=options), kind)


@pytest.mark.parametrize(("score", "selection"), KINDS_WITH_STATE)
def test_hypotheses_have_pasts_of_their_own(score: str, selection: str):
    kind = Kind("gru", "attention", "current-state", input_feeding=True)
    scored, chosen = OPTIONS.get(score, {}), OPTIONS.get(selection, {})
    model = build(kind, attention=AttentionOptions(score, scored, selection, chosen))
    assert_writes_with_two_hypotheses(model, kind)


@pytest.mark.parametrize("tie", ["decoder", "all"])
@pytest.mark.parametrize("feeding", [False, True], ids=["plain", "feeding"])
def test_shared_matrices_get_the_sum_of_their_gradients(tie: Literal["decoder", "all"], feeding: bool):
    kind = Kind("gru", "attention", "previous-state", feeding)
    model = build(kind, embeddings=Embeddings(D_EMBEDDING, tie=tie), d_readout=D_EMBEDDING, types_in=TYPES_OUT)
    assert_model_is_the_papers(model, kind)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("context", "query"), WAYS)
@pytest.mark.parametrize("feeding", [False, True], ids=["plain", "feeding"])
def test_writing_word_by_word_with_two_hypotheses_a_sentence(
    cell: CellName, context: Context, query: Query, feeding: bool
):
    """The search's way through the model: rows of one sentence lie one after the other, as in a beam of two."""
    kind = Kind(cell, context, query, feeding)
    assert_writes_with_two_hypotheses(build(kind, layers=2), kind)


def assert_writes_with_two_hypotheses(model: SequenceToSequence, kind: Kind) -> None:
    sources = [source for source in SOURCES for _ in range(2)]
    written = [
        parameters.write(model, kind, kind.cell, source, words) for source, words in zip(sources, BEGUN, strict=True)
    ]
    with torch.no_grad():
        step = model.read(*padded(SOURCES))
        assert step.sentences == len(SOURCES)
        state = reorder(step.start(), torch.arange(len(SOURCES)).repeat_interleave(2))
        for i, words in enumerate(zip(*BEGUN, strict=True)):
            output = step(torch.tensor(words), state)
            state = output.state
            expected = torch.stack([torch.log_softmax(sentence.logits[i], dim=0) for sentence in written])
            assert_close(output.log_probs, expected.detach())
            looks = [sentence.weights[i] for sentence in written]
            if output.weights is None:
                assert looks == [None] * len(looks)
            else:
                assert_close(output.weights, torch.stack([lengthened(w) for w in looks if w is not None]).detach())
