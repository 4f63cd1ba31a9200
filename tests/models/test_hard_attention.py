"""Hard attention, however it is learnt: it refuses what it cannot, searches as it was trained, and learns to copy."""

import itertools

import pytest
import torch
from torch import Tensor

from saccade.data.batches import Batch, collate
from saccade.decoders import OUTPUTS
from saccade.errors import OptionError
from saccade.models import (
    AttentionOptions,
    DecoderOptions,
    Embeddings,
    EncoderOptions,
    OutputOptions,
    SequenceToSequence,
    assemble,
)
from saccade.search import beam, greedy

BEGIN, END = 1, 2

EXACT = {
    "mixture": OutputOptions("mixture"),
    "order 0": OutputOptions("monotonic"),
    "order 1": OutputOptions("monotonic", {"order": 1, "reach": 2}),
}
"""Outputs that sum over positions."""

LEARNT = {
    "gumbel": ({"selection": "hard", "selection_options": {"estimator": "gumbel", "temperature": 1.0}}, None),
    "reinforce": ({"selection": "hard", "selection_options": {"estimator": "reinforce"}}, None),
    **{kind: ({}, output) for kind, output in EXACT.items()},
}
"""Every way to learn a hard look: options of the attention, and the output."""

exact = pytest.mark.parametrize("kind", EXACT)


def tiny(output: OutputOptions, types: int = 5) -> SequenceToSequence:
    torch.manual_seed(5)
    model = assemble(
        13,
        types,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=7, query="current-state"),
        output=output,
        embeddings=Embeddings(d_embedding=3),
    )
    with torch.no_grad():
        for parameter in model.parameters():  # wider than at the beginning, so that looks differ
            parameter.mul_(3)
    return model.double().eval()


def sources(*lengths: int) -> Batch:
    return collate([([3 + (i * i + length) % 10 for i in range(length)] + [END], [BEGIN]) for length in lengths])


@exact
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_of_a_batch_is_the_sum_of_its_pairs_losses(kind: str, smoothing: float):
    model = tiny(EXACT[kind])
    rows = [([5, 7, 4, 6, END], [BEGIN, 3, 4, END]), ([4, END], [BEGIN, 4, 3, 3, 4, END]), ([END], [BEGIN, END])]
    together = model(collate(rows), smoothing)
    alone = [model(collate([row]), smoothing) for row in rows]
    for part in range(3):
        torch.testing.assert_close(together[part], torch.stack([loss[part] for loss in alone]).sum())


@exact
def test_gradients_are_right_and_padding_has_none(kind: str):
    model = tiny(EXACT[kind])
    batch = collate([([5, 7, 4, END], [BEGIN, 3, 4, END]), ([4, END], [BEGIN, 4, END])])
    parameters = [model.decoder.readout.mix.weight, model.encoder.embedding.weight]

    def loss(*_: Tensor) -> Tensor:
        return model(batch, 0.1).total

    assert torch.autograd.gradcheck(loss, parameters, fast_mode=True)


@exact
def test_a_source_that_may_not_be_looked_at_gives_no_nan(kind: str):
    model = tiny(EXACT[kind]).train()
    batch = collate([([5, 7, 4, END], [BEGIN, 3, 4, END]), ([4, END], [BEGIN, 4, END])])
    remembered = model.remember(batch.source, batch.source_mask)
    assert remembered.prepared is not None
    assert remembered.positions is not None
    nothing = torch.tensor([[False, True, False, True], [False] * 4])
    values = torch.where(nothing[:, :, None], remembered.prepared.values, 0.0)
    remembered = remembered._replace(
        prepared=remembered.prepared._replace(mask=nothing, values=values),
        positions=remembered.positions._replace(mask=nothing, features=model.decoder.readout.of_values(values)),
    )
    decoded, _ = model.decoder(batch.target[:, :-1], remembered.start, remembered)
    output = model.output(decoded, model.vocabulary, batch.target[:, :-1])
    chosen, mean = output.log_probs(batch.target[:, 1:], batch.target_mask[:, 1:])
    assert mean is not None
    (chosen.sum() + mean.sum()).backward()
    assert chosen.isfinite().all()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    looked = output.looked()
    assert looked is not None
    assert (looked[1] == 0).all()
    # With nothing to look at, the readout has a context of 0.
    expected = model.vocabulary(torch.tanh(decoded.features[1, 0])).log_softmax(-1)[batch.target[1, 1]]
    torch.testing.assert_close(chosen[3], expected)


@exact
def test_a_beam_of_everything_is_the_best_by_enumeration(kind: str):
    model = tiny(EXACT[kind])
    batch = sources(3)
    longest, tokens = 3, (0, 1, 3, 4)
    written = [
        (*begun, END) if len(begun) < longest else begun
        for size in range(longest + 1)
        for begun in itertools.product(tokens, repeat=size)
    ]
    with torch.no_grad():
        log_probs = {}
        for one in written:
            target = collate([(batch.source[0].tolist(), [BEGIN, *one])])
            log_probs[one] = float(model(target).log_prob)
        finished = {one: log_prob for one, log_prob in log_probs.items() if one[-1] == END}
        best = max(finished, key=lambda one: finished[one])
        step = model.read(batch.source, batch.source_mask)
        options = {"max_lengths": [longest], "beam": len(written), "length_penalty": 0.0, "early_finish": False}
        [[found]] = beam(step, begin=BEGIN, end=END, **options)
    assert sum(log_prob > -30 for log_prob in log_probs.values()) > 1
    assert tuple(found.tokens) == best
    assert found.log_prob == pytest.approx(finished[best], abs=1e-10)


@exact
def test_a_hypothesis_score_and_map_are_those_of_a_forced_run(kind: str):
    model = tiny(EXACT[kind], types=11)
    batch = sources(7, 4)
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        found = beam(step, begin=BEGIN, end=END, max_lengths=[9, 9], beam=4, n_best=4)
        for row, hypotheses in enumerate(found):
            for hypothesis in hypotheses:
                source = batch.source[row][batch.source_mask[row]].tolist()
                forced = collate([(source, [BEGIN, *hypothesis.tokens])])
                assert hypothesis.log_prob == pytest.approx(float(model(forced).log_prob), abs=1e-10)
                looks = forced_looks(model, forced)
                assert hypothesis.weights is not None
                torch.testing.assert_close(hypothesis.weights[:, : len(source)], looks)
                torch.testing.assert_close(hypothesis.weights.sum(1), torch.ones(len(looks), dtype=torch.double))
                assert ((looks == 0) | (looks == 1)).all()


def forced_looks(model: SequenceToSequence, forced: Batch) -> Tensor:
    """Where the model looks while it is made to write a target."""
    step = model.read(forced.source, forced.source_mask)
    state, looks = step.start(), []
    for token in forced.target[0, :-1]:
        output = step(token[None], state)
        state = output.state
        assert output.weights is not None
        looks.append(output.weights[0])
    return torch.stack(looks)


@exact
def test_many_tokens_at_once_lead_where_one_by_one_does(kind: str):
    model = tiny(EXACT[kind], types=11)
    batch, written = sources(7, 4), torch.tensor([[BEGIN, 3, 7, 4, 9, 3, 3], [BEGIN, 8, 3, 5, 5, 6, 4]])
    with torch.no_grad():
        step, remembered = model.read(batch.source, batch.source_mask), model.remember(batch.source, batch.source_mask)
        state = step.start()
        for tokens in written.T:
            one_by_one = step(tokens, state)
            state = one_by_one.state
        decoder, carried = remembered.start, None
        for tokens in written.split([3, 4], 1):
            decoded, decoder = model.decoder(tokens, decoder, remembered)
            output = model.output(decoded, model.vocabulary, tokens, carried)
            carried = output.carried()
    torch.testing.assert_close(output.next_log_probs(), one_by_one.log_probs)
    torch.testing.assert_close(output.looked(), one_by_one.weights)
    torch.testing.assert_close(carried, state.output)


@pytest.mark.parametrize("kind", ["order 0", "order 1"])
def test_a_map_never_goes_back(kind: str):
    model = tiny(EXACT[kind], types=11)
    batch = sources(*range(2, 13))
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        found = beam(step, begin=BEGIN, end=END, max_lengths=[25] * 11, beam=5, n_best=5)
    moved = 0
    for hypothesis in itertools.chain(*found):
        assert hypothesis.weights is not None
        seen = hypothesis.weights.argmax(1)
        assert (seen.diff() >= 0).all()
        moved += int((seen.diff() > 0).sum())
    assert moved > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": 2}, r"`order` must be 0 or 1, but is 2"),
        ({"reach": 3}, r"`reach` is an option of order 1 alone, but is 3 with `order: 0`"),
        ({"order": 1, "reach": 0}, r"`reach` must be at least 1, but is 0 with `order: 1`"),
    ],
)
def test_options_of_monotonic_outputs_are_checked(options: dict, message: str):
    with pytest.raises(OptionError, match=message):
        OUTPUTS["monotonic"](7, **options)


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize(
    ("decoder", "attention", "message"),
    [
        ({"context": "initial"}, {}, r"`decoder.context` must be attention, but is initial: there must be positions"),
        ({"query": "previous-state"}, {}, r"`decoder.query` must be current-state, but is previous-state: .* Set it"),
        ({"input_feeding": True}, {}, r"`decoder.input_feeding` must be false, but is true: a state must not know"),
        ({}, {"heads": 2}, r"`attention.heads` must be 1, but is 2: a step looks at one position alone"),
        ({}, {"selection": "hard"}, r"`attention.selection` must be soft, but is hard: its weights are the shares"),
        (
            {},
            {"coverage_loss": 1.0},
            r"`attention.coverage_loss` must be 0.0, but is 1.0: a step looks at one position",
        ),
        ({}, {"score": "location"}, r"`attention.score` is 'location', which depends on earlier looks: .* `additive`"),
    ],
)
def test_what_a_sum_over_positions_cannot_be_taken_of_is_refused(
    kind: str, decoder: dict, attention: dict, message: str
):
    options = DecoderOptions(**{"query": "current-state"} | decoder)
    with pytest.raises(OptionError, match=message):
        assemble(13, 11, decoder=options, attention=AttentionOptions(**attention), output=EXACT[kind])


def test_rewarded_looks_that_depend_on_earlier_ones_are_refused():
    attention = AttentionOptions(score="coverage", selection="hard", selection_options={"estimator": "reinforce"})
    with pytest.raises(OptionError, match=r"score Coverage depends on earlier looks, .* such as `additive`"):
        assemble(13, 11, attention=attention)


def copies(count: int, generator: torch.Generator) -> Batch:
    rows = []
    for length in torch.randint(3, 8, (count,), generator=generator).tolist():
        letters = torch.randint(3, 11, (length,), generator=generator).tolist()
        rows.append(([*letters, END], [BEGIN, *letters, END]))
    return collate(rows)


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.slow] if kind == "reinforce" else []) for kind in LEARNT]
)
def test_learns_to_copy_and_looks_along_the_diagonal(kind: str):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    attention, output = LEARNT[kind]
    model = assemble(
        11,
        11,
        encoder=EncoderOptions(d_state=24),
        decoder=DecoderOptions(d_state=32, query="current-state"),
        attention=AttentionOptions(**attention),
        output=output or OutputOptions(),
        embeddings=Embeddings(d_embedding=16),
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(160 if kind in EXACT else 400 if kind == "reinforce" else 250):
        loss = model(copies(48, generator))
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    model.eval()
    batch = copies(101, generator)
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        answers = [row[0] for row in greedy(step, begin=BEGIN, end=END, max_lengths=[12] * 101)]
    lengths = (batch.source_mask.sum(1) - 1).tolist()
    right, near, looks = 0, 0, 0
    for row, (answer, length) in enumerate(zip(answers, lengths, strict=True)):
        assert answer.weights is not None
        assert ((answer.weights == 0) | (answer.weights == 1)).all()
        if answer.tokens[:-1] == batch.source[row, :length].tolist():
            right += 1
            seen = answer.weights[:length].argmax(1)
            near += int(((seen - torch.arange(length)).abs() <= 1).sum())
            looks += length
    assert right >= (95 if kind in EXACT else 85)
    # A state of the encoder knows its neighbours, so a look may fall beside the letter, seldom further away.
    assert near >= 0.95 * looks
