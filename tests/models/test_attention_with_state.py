"""Attentions whose looks depend on those before, under search: each hypothesis has its own past, whatever its batch."""

import pytest
import torch
from tests.attention.contract import OPTIONS
from tests.models.test_sequence_to_sequence import BEGIN, END, pairs

from saccade.attention import SCORES, SELECTIONS
from saccade.data.batches import collate
from saccade.models import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, SequenceToSequence, assemble
from saccade.search import Hypothesis, beam, greedy, sample

KINDS = [
    *((score, "soft") for score, part in SCORES.items() if part.state_parts),
    *(("additive", selection) for selection, part in SELECTIONS.items() if part.state_parts),
    ("location", "monotonic"),
    ("coverage", "local_m"),
    ("additive", "local_p"),
]
WAYS = [("previous-state", False), ("current-state", False), ("current-state", True)]
LENGTHS = (7, 1, 4)
LIMITS = [9, 5, 9]
every_kind = pytest.mark.parametrize(("score", "selection"), KINDS)
every_way = pytest.mark.parametrize(("query", "feeding"), WAYS)


def make(score: str, selection: str, heads: int, query: str, feeding: bool) -> SequenceToSequence:
    torch.manual_seed(5)
    model = assemble(
        13,
        11,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=6, query=query, input_feeding=feeding),  # pyright: ignore[reportArgumentType]
        attention=AttentionOptions(score, OPTIONS.get(score, {}), selection, OPTIONS.get(selection, {}), heads=heads),
        embeddings=Embeddings(d_embedding=3),
    )
    with torch.no_grad():  # large enough that pasts matter, and that a walk stops at different keys
        for parameter in model.parameters():
            parameter.normal_(std=0.7)
    return model.double().eval()


def search(model: SequenceToSequence, kind: str, *lengths: int, limits: list[int]) -> list[list[Hypothesis]]:
    batch = collate(pairs(*((length, 1) for length in lengths)))
    options = {"begin": BEGIN, "end": END, "max_lengths": limits, "min_length": 4}
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        if kind == "beam":
            return beam(step, beam=4, n_best=4, **options)
        if kind == "sample":
            return sample(step, samples=3, seeds=[2, 3, 5][: len(lengths)], **options)
        return greedy(step, **options)


def forced(model: SequenceToSequence, length: int, hypothesis: Hypothesis) -> torch.Tensor:
    """The weights of writing a hypothesis to one source alone, all of it in one run."""
    batch = collate(pairs((length, 1)))
    with torch.no_grad():
        remembered = model.remember(batch.source, batch.source_mask)
        written = torch.tensor([[BEGIN, *hypothesis.tokens[:-1]]])
        weights = model.decoder(written, remembered.start, remembered)[0].weights
    return (weights.mean(1) if weights.dim() == 4 else weights)[0]


@every_kind
@every_way
@pytest.mark.parametrize(("kind", "heads"), [("beam", 1), ("beam", 2), ("sample", 2), ("greedy", 1)])
def test_weights_of_a_search_are_those_of_a_forced_run(
    score: str, selection: str, query: str, feeding: bool, kind: str, heads: int
):
    """With padding, and with several hypotheses that change places."""
    model = make(score, selection, heads, query, feeding)
    for length, hypotheses in zip(LENGTHS, search(model, kind, *LENGTHS, limits=LIMITS), strict=True):
        for hypothesis in hypotheses:
            assert hypothesis.weights is not None
            torch.testing.assert_close(hypothesis.weights[:, : length + 1], forced(model, length, hypothesis))
            assert (hypothesis.weights[:, length + 1 :] == 0).all()


@every_kind
@every_way
def test_an_answer_does_not_depend_on_its_batch(score: str, selection: str, query: str, feeding: bool):
    model = make(score, selection, 1, query, feeding)
    together = search(model, "beam", *LENGTHS, limits=LIMITS)
    for row, length in enumerate(LENGTHS):
        (alone,) = search(model, "beam", length, limits=LIMITS[row : row + 1])
        assert [ours.tokens for ours in together[row]] == [theirs.tokens for theirs in alone]
        assert [ours.score for ours in together[row]] == pytest.approx([theirs.score for theirs in alone], abs=1e-10)


@every_kind
def test_loss_of_a_batch_is_the_sum_of_its_pairs_losses(score: str, selection: str):
    model = make(score, selection, 2, "current-state", False).train()
    rows = pairs((7, 3), (2, 5), (1, 1))
    together = model(collate(rows), 0.1)
    alone = [model(collate([row]), 0.1) for row in rows]
    torch.testing.assert_close(together.total, torch.stack([loss.total for loss in alone]).sum())
    together.total.backward()
    assert [name for name, parameter in model.named_parameters() if parameter.grad is None] == []


def test_pasts_differ_between_hypotheses():
    """Otherwise the tests above could not tell one past from another."""
    model = make("coverage", "soft", 1, "current-state", False)
    weights = [hypothesis.weights for hypothesis in search(model, "sample", *LENGTHS, limits=LIMITS)[0]]
    first, *others = [looks[:4] for looks in weights if looks is not None]
    assert len(others) == 2
    assert not any(torch.allclose(first, other) for other in others)
