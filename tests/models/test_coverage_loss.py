"""Coverage loss: as in the paper, added to what is made small, and to nothing else."""

import pytest
import torch
from tests.models.test_sequence_to_sequence import pairs
from tests.oracle import past
from torch.testing import assert_close

from saccade.data.batches import collate
from saccade.errors import OptionError
from saccade.models import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, SequenceToSequence, assemble
from saccade.models.coverage_loss import coverage_loss


def make(share: float, **options: object) -> SequenceToSequence:
    torch.manual_seed(5)
    return assemble(
        13,
        11,
        encoder=EncoderOptions(d_state=5),
        decoder=DecoderOptions(d_state=6),
        attention=AttentionOptions(**options, coverage_loss=share),  # pyright: ignore[reportArgumentType]
        embeddings=Embeddings(d_embedding=3),
    ).double()


@pytest.mark.parametrize("heads", [None, 5])
def test_is_the_papers_over_the_real_steps(heads: int | None):
    torch.manual_seed(0)
    shape = (2, 3, 7) if heads is None else (2, heads, 3, 7)
    weights = torch.randn(shape, dtype=torch.float64).softmax(-1).requires_grad_()
    mask = torch.tensor([[True, True, True], [True, True, False]])
    ours = coverage_loss(weights, mask)
    rows = [[row] if heads is None else list(row) for row in weights]
    theirs = [
        torch.stack([past.coverage_loss(looks[: int(real.sum())]) for looks in row]).mean()
        for row, real in zip(rows, mask, strict=True)
    ]
    assert_close(ours, torch.stack(theirs).sum())
    assert_close(torch.autograd.grad(ours, weights), torch.autograd.grad(torch.stack(theirs).sum(), weights))


def test_looking_at_each_key_once_costs_nothing_and_at_one_always_a_look_a_step():
    mask = torch.ones(1, 7, dtype=torch.bool)
    assert coverage_loss(torch.eye(7)[None], mask) == 0
    assert coverage_loss(torch.eye(7)[:1].expand(1, 7, 7), mask) == 6


@pytest.mark.parametrize("options", [{}, {"score": "coverage"}, {"heads": 2}], ids=str)
def test_only_what_is_made_small_gets_it(options: dict):
    batch = collate(pairs((7, 3), (2, 5)))
    without, with_it = make(0.0, **options)(batch, 0.1), make(1.5, **options)(batch, 0.1)
    assert_close(with_it.log_prob, without.log_prob)
    model = make(1.5, **options)
    remembered = model.remember(batch.source, batch.source_mask)
    weights = model.decoder(batch.target[:, :-1], remembered.start, remembered)[0].weights
    assert_close(with_it.total - without.total, 1.5 * coverage_loss(weights, batch.target_mask[:, 1:]))
    with_it.total.backward()


def test_a_share_below_zero_is_refused():
    with pytest.raises(OptionError, match=r"`attention.coverage_loss` must be a number of at least 0, but is -0.5"):
        make(-0.5)
