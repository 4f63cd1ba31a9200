"""Encoders and decoders of self-attention, together and mixed with recurrent ones."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.batches import Batch, collate
from saccade.errors import OptionError
from saccade.maps import record
from saccade.models import (
    AttentionOptions,
    DecoderOptions,
    Embeddings,
    EncoderOptions,
    SelfAttentionOptions,
    SequenceToSequence,
    assemble,
)
from saccade.search import beam, greedy

BEGIN, END = 1, 2
D_MODEL = 6
SELF = SelfAttentionOptions(d_model=D_MODEL, heads=3, layers=2)
MIXED = {
    "self-attention": (SELF, SELF),
    "self-attention and recurrent": (SELF, DecoderOptions(d_state=7, layers=2)),
    "self-attention and a fixed vector": (SELF, DecoderOptions(d_state=7, cell="lstm", context="every-step")),
    "recurrent and self-attention": (EncoderOptions(d_state=5), SELF),
}
LOOKING = [name for name in MIXED if "fixed" not in name]


def make(mix: str, **embeddings) -> SequenceToSequence:
    encoder, decoder = MIXED[mix]
    torch.manual_seed(5)
    return assemble(13, 11, encoder=encoder, decoder=decoder, embeddings=Embeddings(d_embedding=D_MODEL, **embeddings))


def pairs(*lengths: tuple[int, int]) -> list[tuple[list[int], list[int]]]:
    return [
        ([3 + i % 10 for i in range(source)] + [END], [BEGIN] + [3 + i * 7 % 8 for i in range(target)] + [END])
        for source, target in lengths
    ]


@pytest.mark.parametrize("mix", MIXED)
def test_loss_of_a_batch_is_the_sum_of_its_pairs_losses(mix: str):
    model = make(mix).double()
    rows = pairs((7, 3), (2, 5), (1, 1))
    together = model(collate(rows), 0.1)
    alone = [model(collate([row]), 0.1) for row in rows]
    for part in range(3):
        torch.testing.assert_close(
            together[part], torch.stack([loss[part] for loss in alone]).sum(), atol=1e-10, rtol=0
        )


@pytest.mark.parametrize("mix", MIXED)
@pytest.mark.parametrize("tie", ["none", "decoder"])
def test_gradients_reach_every_parameter(mix: str, tie: str):
    model = make(mix, tie=tie)
    model(collate(pairs((7, 3), (2, 5)))).total.backward()
    assert [name for name, parameter in model.named_parameters() if parameter.grad is None] == []
    assert (model.vocabulary.weight is model.decoder.embedding.weight) == (tie == "decoder")


@settings(max_examples=15, deadline=None)
@given(lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6), mix=st.sampled_from(list(MIXED)))
def test_an_answer_does_not_depend_on_its_batch(lengths: list[int], mix: str):
    model = make(mix).double().eval()
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
                    torch.testing.assert_close(ours.weights[:, : length + 1], theirs.weights, atol=1e-10, rtol=0)


@pytest.mark.parametrize("mix", LOOKING)
def test_a_hypothesis_weights_and_score_are_those_of_a_forced_run(mix: str):
    model = make(mix).double().eval()
    batch = collate(pairs((7, 1), (4, 1)))
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        for row, hypotheses in enumerate(beam(step, begin=BEGIN, end=END, max_lengths=[20, 20], beam=4, n_best=4)):
            source, mask = batch.source[row : row + 1], batch.source_mask[row : row + 1]
            remembered = model.remember(source, mask)
            for hypothesis in hypotheses:
                written = torch.tensor([[BEGIN, *hypothesis.tokens[:-1]]])
                decoded, _ = model.decoder(written, remembered.start, remembered)
                assert decoded.weights is not None
                forced = decoded.weights.mean(1)[0] if decoded.weights.dim() == 4 else decoded.weights[0]
                torch.testing.assert_close(hypothesis.weights, forced, atol=1e-10, rtol=0)
                log_probs = model.vocabulary(decoded.features[0]).log_softmax(-1)
                chosen = log_probs.gather(1, torch.tensor(hypothesis.tokens)[:, None]).sum()
                assert hypothesis.log_prob == pytest.approx(float(chosen), abs=1e-10)


def test_a_recorder_hears_every_head_of_every_layer():
    model = make("self-attention").eval()
    batch = collate(pairs((7, 3), (2, 5)))
    with record(model) as recording:
        model(batch)
    shapes = {seen.layer: seen.weights.shape for seen in recording.of(0)}
    layers = range(SELF.layers)
    assert shapes == {
        **{f"encoder.look.layers.{layer}.look": (3, 8, 8) for layer in layers},
        **{f"decoder.layers.{layer}.look_back": (3, 6, 6) for layer in layers},
        **{f"decoder.layers.{layer}.look": (3, 6, 8) for layer in layers},
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"encoder": SELF, "embeddings": Embeddings(8)},
            r"`encoder.d_model` must be as wide as `embeddings.d_embedding`, 8,.* but is 6",
        ),
        ({"decoder": SELF}, r"`decoder.d_model` must be as wide as `embeddings.d_embedding`, 256,.* but is 6"),
        (
            {"decoder": SelfAttentionOptions(d_model=10, heads=4), "embeddings": Embeddings(10)},
            r"`d_model` must be a multiple of `heads`, but is 10 with 4 heads",
        ),
        (
            {"decoder": SELF, "embeddings": Embeddings(6), "attention": AttentionOptions(heads=2)},
            r"`attention.heads` is 2, but a decoder of self-attention .* set `decoder.heads`",
        ),
        (
            {
                "decoder": SELF,
                "embeddings": Embeddings(6),
                "attention": AttentionOptions(score_options={"d_score": 3}),
            },
            r"`attention.score` is \{'d_score': 3\}, but a decoder of self-attention",
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


@pytest.mark.parametrize(
    "mix",
    [
        "both",
        pytest.param("self-attention encoder", marks=pytest.mark.slow),
        pytest.param("self-attention decoder", marks=pytest.mark.slow),
    ],
)
def test_learns_to_reverse(mix: str):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    own = SelfAttentionOptions(d_model=32, heads=4, layers=2)
    model = assemble(
        11,
        11,
        encoder=EncoderOptions(d_state=16) if mix == "self-attention decoder" else own,
        decoder=DecoderOptions(d_state=32) if mix == "self-attention encoder" else own,
        embeddings=Embeddings(d_embedding=32),
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.005)
    for update in range(300):
        for group in optimiser.param_groups:
            group["lr"] = 0.005 * min(update / 30, (300 - update) / 200, 1)
        loss = model(reversals(48, generator))
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    model.eval()
    batch = reversals(101, generator)
    with torch.no_grad():
        answers = greedy(model.read(batch.source, batch.source_mask), begin=BEGIN, end=END, max_lengths=[12] * 101)
    lengths = (batch.source_mask.sum(1) - 1).tolist()
    right = [
        answer.tokens[:-1] == batch.source[row, :length].flip(0).tolist()
        for row, ([answer], length) in enumerate(zip(answers, lengths, strict=True))
    ]
    assert sum(right) >= 98
