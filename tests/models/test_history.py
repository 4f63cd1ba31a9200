"""Networks that look at their own past, under search: nothing depends on the batch, and they learn to copy."""

import pytest
import torch
from tests.models.test_attentions_learn import TESTED, make_batch
from tests.models.test_sequence_to_sequence import BEGIN, END, pairs

from saccade.data.batches import collate
from saccade.models import DecoderOptions, Embeddings, EncoderOptions, HistoryOptions, SequenceToSequence, assemble
from saccade.search import Hypothesis, beam, greedy

LENGTHS, LIMITS = (7, 0, 4), [9, 5, 9]
LOOKS = HistoryOptions()
every_cell = pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
every_context = pytest.mark.parametrize("context", ["initial", "every-step", "attention"])


def make(cell: str, context: str) -> SequenceToSequence:
    torch.manual_seed(5)
    model = assemble(
        13,
        11,
        encoder=EncoderOptions(d_state=5, cell=cell, layers=2, history=LOOKS),
        decoder=DecoderOptions(d_state=7, cell=cell, layers=2, context=context, history=LOOKS),  # pyright: ignore[reportArgumentType]
        embeddings=Embeddings(d_embedding=3),
    )
    with torch.no_grad():  # large enough that pasts matter
        for parameter in model.parameters():
            parameter.normal_(std=0.7)
    return model.double().eval()


def search(model: SequenceToSequence, *lengths: int, limits: list[int]) -> list[list[Hypothesis]]:
    batch = collate(pairs(*((length, 1) for length in lengths)))
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        return beam(step, begin=BEGIN, end=END, max_lengths=limits, min_length=4, beam=4, n_best=4)


@every_cell
@every_context
def test_an_answer_does_not_depend_on_its_batch_even_where_the_source_is_one_token(cell: str, context: str):
    model = make(cell, context)
    together = search(model, *LENGTHS, limits=LIMITS)
    for row, length in enumerate(LENGTHS):
        (alone,) = search(model, length, limits=LIMITS[row : row + 1])
        assert [ours.tokens for ours in together[row]] == [theirs.tokens for theirs in alone]
        assert [ours.score for ours in together[row]] == pytest.approx([theirs.score for theirs in alone], abs=1e-10)


@every_cell
@every_context
def test_log_probability_of_a_search_is_that_of_a_forced_run(cell: str, context: str):
    """With hypotheses that change places, each with the past it had."""
    model = make(cell, context)
    for length, hypotheses in zip(LENGTHS, search(model, *LENGTHS, limits=LIMITS), strict=True):
        for hypothesis in hypotheses:
            ((source, _),) = pairs((length, 1))
            forced = model(collate([(source, [BEGIN, *hypothesis.tokens])]))
            torch.testing.assert_close(float(forced.log_prob), hypothesis.log_prob, atol=1e-10, rtol=0)


@every_cell
def test_loss_of_a_batch_is_the_sum_of_its_pairs_losses_and_reaches_every_parameter(cell: str):
    model = make(cell, "attention").train()
    rows = pairs((7, 3), (2, 5), (1, 1))
    together = model(collate(rows), 0.1)
    torch.testing.assert_close(together.total, torch.stack([model(collate([row]), 0.1).total for row in rows]).sum())
    together.total.backward()
    unreached = [name for name, part in model.named_parameters() if part.grad is None or not part.grad.abs().sum()]
    assert unreached == []


@pytest.mark.slow
def test_learns_to_copy_with_a_history_on_both_sides():
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = assemble(
        11,
        11,
        encoder=EncoderOptions(d_state=24, history=LOOKS),
        decoder=DecoderOptions(d_state=32, history=LOOKS),
        embeddings=Embeddings(d_embedding=16),
    )
    optimiser, updates = torch.optim.AdamW(model.parameters()), 100
    for update in range(updates):
        optimiser.param_groups[0]["lr"] = 0.02 * (1 - update / updates)
        loss = model(make_batch(48, generator, reverse=False))
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    batch = make_batch(TESTED, generator, reverse=False)
    model.eval()
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        answers = [row[0] for row in greedy(step, begin=BEGIN, end=END, max_lengths=[12] * TESTED)]
    letters = [row[real].tolist() for row, real in zip(batch.source, batch.source_mask, strict=True)]
    assert sum(answer.tokens == wanted for answer, wanted in zip(answers, letters, strict=True)) >= 0.9 * TESTED
