"""The whole model: it learns what it must, and nothing depends on the batch."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.batches import Batch, collate
from saccade.errors import OptionError
from saccade.models import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, SequenceToSequence, assemble
from saccade.search import beam, greedy

BEGIN, END = 1, 2
CONTEXTS = ("initial", "every-step", "attention")


def tiny(**decoder) -> SequenceToSequence:
    torch.manual_seed(5)
    return assemble(
        13,
        11,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=7, **decoder),
        embeddings=Embeddings(d_embedding=3),
    )


def pairs(*lengths: tuple[int, int]) -> list[tuple[list[int], list[int]]]:
    return [
        ([3 + i % 10 for i in range(source)] + [END], [BEGIN] + [3 + i * 7 % 8 for i in range(target)] + [END])
        for source, target in lengths
    ]


@pytest.mark.parametrize("context", CONTEXTS)
def test_loss_of_a_batch_is_the_sum_of_its_pairs_losses(context: str):
    model = tiny(context=context).double()
    rows = pairs((7, 3), (2, 5), (1, 1))
    together = model(collate(rows), 0.1)
    alone = [model(collate([row]), 0.1) for row in rows]
    for part in range(3):
        torch.testing.assert_close(together[part], torch.stack([loss[part] for loss in alone]).sum())
    assert int(together.tokens) == 4 + 6 + 2


@pytest.mark.parametrize("context", CONTEXTS)
@pytest.mark.parametrize("query", ["previous-state", "current-state"])
@pytest.mark.parametrize("feeding", [False, True])
def test_gradients_reach_every_parameter(context: str, query: str, feeding: bool):
    model = tiny(context=context, query=query, input_feeding=feeding)
    model(collate(pairs((7, 3), (2, 5)))).total.backward()
    unreached = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert unreached == []


@settings(max_examples=25, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 7), min_size=2, max_size=4),
    context=st.sampled_from(CONTEXTS),
    query=st.sampled_from(["previous-state", "current-state"]),
    feeding=st.booleans(),
)
def test_an_answer_does_not_depend_on_its_batch(lengths: list[int], context: str, query: str, feeding: bool):
    model = tiny(context=context, query=query, input_feeding=feeding).double().eval()
    batch = collate(pairs(*((length, 1) for length in lengths)))
    limits = [2 * length + 3 for length in lengths]
    with torch.no_grad():
        together = beam(
            model.read(batch.source, batch.source_mask), begin=BEGIN, end=END, max_lengths=limits, beam=3, n_best=3
        )
        for row, length in enumerate(lengths):
            alone = collate(pairs((length, 1)))
            step = model.read(alone.source, alone.source_mask)
            expected = beam(step, begin=BEGIN, end=END, max_lengths=limits[row : row + 1], beam=3, n_best=3)[0]
            for ours, theirs in zip(together[row], expected, strict=True):
                assert ours.tokens == theirs.tokens
                assert ours.score == pytest.approx(theirs.score, abs=1e-10)
                if theirs.weights is not None and ours.weights is not None:
                    weights = ours.weights[:, : length + 1]
                    torch.testing.assert_close(weights, theirs.weights, atol=1e-10, rtol=0)


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("query", ["previous-state", "current-state"])
@pytest.mark.parametrize("feeding", [False, True])
def test_a_hypothesis_weights_and_score_are_those_of_a_forced_run(heads: int, query: str, feeding: bool):
    torch.manual_seed(5)
    model = assemble(
        13,
        11,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=6, query=query, input_feeding=feeding),  # pyright: ignore[reportArgumentType]
        attention=AttentionOptions(heads=heads),
        embeddings=Embeddings(d_embedding=3),
    )
    model.double().eval()
    batch = collate(pairs((7, 1), (4, 1)))
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        for row, hypotheses in enumerate(beam(step, begin=BEGIN, end=END, max_lengths=[9, 9], beam=4, n_best=4)):
            source, mask = batch.source[row : row + 1], batch.source_mask[row : row + 1]
            remembered = model.remember(source, mask)
            for hypothesis in hypotheses:
                written = torch.tensor([[BEGIN, *hypothesis.tokens[:-1]]])
                forced = model.decoder(written, remembered.start, remembered)[0].weights
                forced = forced.mean(1)[0] if heads > 1 else forced[0]
                torch.testing.assert_close(hypothesis.weights, forced)


@pytest.mark.parametrize("tie", ["none", "decoder", "all"])
def test_tied_embeddings_are_one_matrix(tie: str):
    model = assemble(
        11,
        11,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=7),
        embeddings=Embeddings(d_embedding=3, tie=tie),  # pyright: ignore[reportArgumentType]
    )
    assert (model.vocabulary.weight is model.decoder.embedding.weight) == (tie != "none")
    assert (model.encoder.embedding.weight is model.decoder.embedding.weight) == (tie == "all")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoder": EncoderOptions(layers=2)}, r"`encoder.layers` is 2 and `decoder.layers` is 1"),
        ({"encoder": EncoderOptions(cell="grru")}, r"`encoder.cell` is 'grru'.* Did you mean `gru`\?"),
        ({"attention": AttentionOptions(score="aditive")}, r"`attention.score` is 'aditive'.*`additive`"),
        (
            {"embeddings": Embeddings(tie="all")},
            r"`embeddings.tie` is `all`, which needs one vocabulary for both sides",
        ),
        (
            {"embeddings": Embeddings(8, "decoder"), "decoder": DecoderOptions(d_readout=9)},
            r"`decoder.d_readout` must be as wide as `embeddings.d_embedding`, 8,.* but is 9",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(options: dict, message: str):
    with pytest.raises(OptionError, match=message):
        assemble(13, 11, **options)


def reversals(count: int, generator: torch.Generator) -> Batch:
    rows = []
    for length in torch.randint(3, 8, (count,), generator=generator).tolist():
        letters = torch.randint(3, 11, (length,), generator=generator).tolist()
        rows.append(([*letters, END], [BEGIN, *reversed(letters), END]))
    return collate(rows)


@pytest.mark.parametrize("query", ["previous-state", "current-state"])
def test_learns_to_reverse_and_looks_along_the_other_diagonal(query: str):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = assemble(
        11,
        11,
        encoder=EncoderOptions(d_state=24),
        decoder=DecoderOptions(d_state=32, query=query),  # pyright: ignore[reportArgumentType]
        embeddings=Embeddings(d_embedding=16),
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=320)
    for _ in range(320):
        loss = model(reversals(48, generator))
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    model.eval()
    batch = reversals(101, generator)
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        answers = [row[0] for row in greedy(step, begin=BEGIN, end=END, max_lengths=[12] * 101)]
    lengths = (batch.source_mask.sum(1) - 1).tolist()
    right = [
        answer.tokens[:-1] == batch.source[row, :length].flip(0).tolist()
        for row, (answer, length) in enumerate(zip(answers, lengths, strict=True))
    ]
    assert sum(right) >= 98
    looks = [
        (int(answer.weights[place].argmax()), length - 1 - place)
        for answer, length, is_right in zip(answers, lengths, right, strict=True)
        if is_right and answer.weights is not None
        for place in range(length)
    ]
    # A state of the encoder knows its neighbours, so a look may fall beside the letter, seldom further away.
    near = [abs(seen - expected) <= 1 for seen, expected in looks]
    assert sum(near) >= 0.95 * len(near)
