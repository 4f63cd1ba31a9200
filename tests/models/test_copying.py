"""Copying: refused where nothing could be copied, the same alone and in a batch, and learnt, unknown words included."""

import pytest
import torch

from saccade.data.batches import Batch, collate
from saccade.data.pieces import UNKNOWN
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

BEGIN, END, TYPES = 1, 2, 11


def tiny(d_state: int = 8, heads: int = 1, selection: str = "soft", **decoder) -> SequenceToSequence:
    torch.manual_seed(5)
    return assemble(
        TYPES,
        TYPES,
        encoder=EncoderOptions(d_state=d_state),
        decoder=DecoderOptions(d_state=d_state, **decoder),
        attention=AttentionOptions(heads=heads, selection=selection),
        output=OutputOptions("copying"),
        embeddings=Embeddings(d_embedding=8),
    )


@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_loss_of_a_batch_is_the_sum_of_its_pairs_losses(heads: int, smoothing: float):
    model = tiny(heads=heads).double()
    rows = [([5, 3, 4, 6, END], [BEGIN, 3, 4, END]), ([4, END], [BEGIN, 4, 5, 3, 4, END]), ([END], [BEGIN, END])]
    together = model(collate(rows), smoothing)
    alone = [model(collate([row]), smoothing) for row in rows]
    for part in range(3):
        torch.testing.assert_close(together[part], torch.stack([loss[part] for loss in alone]).sum())


def test_what_is_not_looked_at_at_all_has_a_gradient_that_is_a_number():
    """As a hard look, or a sparse one, leaves most of the source: the figures of trust need the gradient."""
    model = tiny(selection="hard").double().eval()
    batch = collate([([UNKNOWN, 4, UNKNOWN, END], [BEGIN, END])])
    with torch.enable_grad():
        step = model.read(batch.source, batch.source_mask)
        log_probs = step(torch.tensor([BEGIN]), step.start()).log_probs
        log_probs[log_probs.isfinite()].max().backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_nothing_to_look_at_is_not_copied_and_gives_no_nan(smoothing: float):
    model = tiny().double()
    batch = collate([([5, 4, END], [BEGIN, 3, 4, END])])
    batch = batch._replace(source_mask=torch.zeros_like(batch.source_mask))
    loss = model(batch, smoothing)
    loss.total.backward()
    assert all(p.grad is None or p.grad.isfinite().all() for p in model.parameters())
    with torch.no_grad():
        step = model.read(batch.source, batch.source_mask)
        log_probs = step(torch.tensor([BEGIN]), step.start()).log_probs
    torch.testing.assert_close(log_probs.exp().sum(), torch.ones((), dtype=torch.double))


def test_bfloat16_is_near_float32():
    model = tiny()
    batch = collate([([5, 3, 4, END], [BEGIN, 3, 4, END])])
    with torch.autocast("cpu", torch.bfloat16):
        half = model(batch, 0.1)
    torch.testing.assert_close(half.total, model(batch, 0.1).total, rtol=0.02, atol=0.02)


@pytest.mark.parametrize(
    ("types", "decoder", "message"),
    [
        ((13, 11), {}, r"`output` is `copying`, .* they have different ones. Set `tokenizer.shared: true`"),
        (
            (11, 11),
            {"context": "every-step"},
            r"`decoder.context` must be attention, but is every-step: what is looked",
        ),
    ],
)
def test_copying_where_nothing_can_be_copied_is_refused(types: tuple[int, int], decoder: dict, message: str):
    with pytest.raises(OptionError, match=message):
        assemble(*types, decoder=DecoderOptions(**decoder), output=OutputOptions("copying"))


def copies(count: int, generator: torch.Generator) -> Batch:
    """Letters to be copied, an unknown one (3) among them now and then."""
    rows = []
    for length in torch.randint(3, 8, (count,), generator=generator).tolist():
        letters = torch.randint(UNKNOWN, TYPES, (length,), generator=generator).tolist()
        rows.append(([*letters, END], [BEGIN, *letters, END]))
    return collate(rows)


@pytest.mark.parametrize("feeding", [False, True])
def test_learns_to_copy_and_copies_unknown_words_out(feeding: bool):
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    model = tiny(24, query="current-state", input_feeding=feeding)
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    for _ in range(120):
        loss = model(copies(48, generator))
        optimiser.zero_grad()
        (loss.total / loss.tokens).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
    model.eval()
    batch = copies(101, generator)
    lengths = (batch.source_mask.sum(1) - 1).tolist()
    expected = [
        [TYPES + place if token == UNKNOWN else token for place, token in enumerate(row[:length].tolist())]
        for row, length in zip(batch.source, lengths, strict=True)
    ]
    options = {"begin": BEGIN, "end": END, "max_lengths": [12] * 101, "forbidden": (0, BEGIN, UNKNOWN)}
    with torch.no_grad():
        for answers in (
            greedy(model.read(batch.source, batch.source_mask), **options),
            beam(model.read(batch.source, batch.source_mask), **options, beam=3),
        ):
            right = [row[0].tokens[:-1] == wanted for row, wanted in zip(answers, expected, strict=True)]
            assert sum(right) >= 91
    assert sum(token >= TYPES for row in expected for token in row) > 40
