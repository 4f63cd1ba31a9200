"""Every kind of look learns to copy, and looks along the diagonal; those that may go back learn to reverse as well."""

import pytest
import torch
from tests.models.test_sequence_to_sequence import BEGIN, END

from saccade.data.batches import Batch, collate
from saccade.models import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, SequenceToSequence, assemble
from saccade.search import greedy

UPDATES, RATE, TESTED = 150, 0.01, 101
COPY = [
    AttentionOptions(selection="sparsemax"),
    AttentionOptions(selection="entmax"),
    AttentionOptions(selection="local_m", selection_options={"window": 1}),
    AttentionOptions(selection="local_p", selection_options={"window": 2}),
    AttentionOptions(selection="monotonic", selection_options={"noise": 2.0}),
    AttentionOptions(score="location", score_options={"reach": 2}),
    AttentionOptions(score="coverage", coverage_loss=0.1),
]
REVERSE = [COPY[0], COPY[3], COPY[6]]


def named(options: AttentionOptions) -> str:
    return f"{options.score}-{options.selection}"


def make_batch(count: int, generator: torch.Generator, reverse: bool) -> Batch:
    rows = []
    for length in torch.randint(3, 8, (count,), generator=generator).tolist():
        letters = torch.randint(3, 11, (length,), generator=generator).tolist()
        rows.append(([*letters, END], [BEGIN, *(reversed(letters) if reverse else letters), END]))
    return collate(rows)


def learn(options: AttentionOptions, generator: torch.Generator, reverse: bool) -> SequenceToSequence:
    torch.manual_seed(0)
    model = assemble(
        11,
        11,
        encoder=EncoderOptions(d_state=24),
        decoder=DecoderOptions(d_state=32),
        attention=options,
        embeddings=Embeddings(d_embedding=16),
    )
    optimiser = torch.optim.AdamW(model.parameters())
    for update in range(UPDATES):
        optimiser.param_groups[0]["lr"] = RATE * (1 - update / UPDATES)
        loss = model(make_batch(48, generator, reverse))
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    return model.eval()


def assert_learns(options: AttentionOptions, reverse: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    model = learn(options, generator, reverse)
    batch = make_batch(TESTED, generator, reverse)
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        answers = [row[0] for row in greedy(step, begin=BEGIN, end=END, max_lengths=[12] * TESTED)]
    right, looks = 0, []
    for row, answer in enumerate(answers):
        letters = batch.source[row, : int(batch.source_mask[row].sum()) - 1]
        if answer.tokens[:-1] == (letters.flip(0) if reverse else letters).tolist():
            right += 1
            assert answer.weights is not None
            seen = answer.weights[: len(letters)].argmax(-1)
            places = torch.arange(len(letters))
            looks += (seen - (places.flip(0) if reverse else places)).tolist()
    assert right >= 0.9 * TESTED
    # A state of the encoder knows its neighbours, so a look may fall beside the letter, seldom further away.
    assert sum(abs(distance) <= 1 for distance in looks) >= 0.95 * len(looks)


@pytest.mark.parametrize("options", COPY, ids=named)
def test_learns_to_copy_and_looks_along_the_diagonal(options: AttentionOptions):
    assert_learns(options, reverse=False)


@pytest.mark.slow
@pytest.mark.parametrize("options", REVERSE, ids=named)
def test_learns_to_reverse_and_looks_along_the_other_diagonal(options: AttentionOptions):
    assert_learns(options, reverse=True)
