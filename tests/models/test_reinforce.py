"""Looks that are drawn: their gradient is, in the mean over all draws, that of the expected log-probability."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from saccade.attention import Choice
from saccade.attention.selections import hard
from saccade.data.batches import Batch, collate
from saccade.models import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, SequenceToSequence, assemble
from saccade.models.reinforce import Reinforce

BEGIN, END = 1, 2


def tiny(**decoder: Any) -> SequenceToSequence:
    torch.manual_seed(5)
    heads = decoder.pop("heads", 1)
    model = assemble(
        7,
        5,
        encoder=EncoderOptions(d_state=3),
        decoder=DecoderOptions(d_state=4, **decoder),
        attention=AttentionOptions(
            selection="hard", selection_options={"estimator": "reinforce", "entropy_bonus": 0.0}, heads=heads
        ),
        embeddings=Embeddings(d_embedding=3),
    )
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2)
    return model.double().train()


def force(monkeypatch: pytest.MonkeyPatch, picks: Iterator[int]) -> None:
    """Let each look, in the order of steps and then heads, fall on the next of the picks."""

    def noise(scores: Tensor) -> Tensor:
        strong = torch.zeros_like(scores).flatten(0, 1)
        for row in strong:
            row[next(picks)] = 1e6
        return strong.view_as(scores)

    monkeypatch.setattr(hard, "gumbel_noise", noise)


def usual(model: SequenceToSequence) -> None:
    """Set the baseline to some mean of the batches before."""
    assert model.reinforce is not None
    model.reinforce.reward.fill_(-0.9)
    model.reinforce.weight.fill_(0.6)


@pytest.mark.parametrize("query", ["previous-state", "current-state"])
@pytest.mark.parametrize("feeding", [False, True])
@pytest.mark.parametrize("heads", [1, 2])
def test_mean_gradient_over_all_draws_is_that_of_the_expectation(
    query: str, feeding: bool, heads: int, monkeypatch: pytest.MonkeyPatch
):
    model = tiny(query=query, input_feeding=feeding, heads=heads)
    batch = collate([([5, 4, END] if heads == 1 else [5, END], [BEGIN, 3, END])])
    keys, steps = batch.source.shape[1], batch.target.shape[1] - 1
    parameters = list(model.parameters())
    expected, sure = torch.zeros((), dtype=torch.double), torch.zeros((), dtype=torch.double)
    actual = [torch.zeros_like(parameter) for parameter in parameters]
    for picks in itertools.product(range(keys), repeat=steps * heads):
        force(monkeypatch, iter(picks))
        chosen, choice = run(model, batch)
        probability = choice.log_prob.sum().exp()
        expected, sure = expected + probability * chosen.sum(), sure + probability
        usual(model)
        force(monkeypatch, iter(picks))
        gradients = torch.autograd.grad(-model(batch).total, parameters)
        actual = [total + probability.detach() * one for total, one in zip(actual, gradients, strict=True)]
    assert_close(sure, torch.ones_like(sure))
    assert_close(actual, list(torch.autograd.grad(expected, parameters)))


def run(model: SequenceToSequence, batch: Batch) -> tuple[Tensor, Choice]:
    remembered = model.remember(batch.source, batch.source_mask)
    decoded, _ = model.decoder(batch.target[:, :-1], remembered.start, remembered)
    output = model.output(decoded, model.vocabulary, batch.target[:, :-1])
    assert decoded.choice is not None
    return output.log_probs(batch.target[:, 1:], batch.target_mask[:, 1:]).chosen, decoded.choice


def test_padding_is_not_rewarded():
    model = tiny()
    batch = collate([([5, 4, END], [BEGIN, 3, 4, 3, END]), ([5, END], [BEGIN, END])])
    _, choice = run(model, batch)
    chosen, mask = torch.tensor([-1.0, -2.0, -3.0, -4.0, -5.0]).double(), batch.target_mask[:, 1:]
    assert model.reinforce is not None
    usual(model)
    gain = model.reinforce(chosen, mask, choice)
    left = torch.tensor([[10.0, 9.0, 7.0, 4.0], [5.0, 0.0, 0.0, 0.0]]).double()
    count = torch.tensor([[4.0, 3.0, 2.0, 1.0], [1.0, 0.0, 0.0, 0.0]]).double()
    assert_close(gain, ((-left + 1.5 * count) * choice.log_prob).sum())


def test_what_is_reported_is_the_loss_of_the_targets():
    model = tiny()
    loss = model(collate([([5, 4, END], [BEGIN, 3, END])]))
    assert_close(loss.total.detach(), -loss.log_prob)


def test_the_baseline_is_a_moving_mean_that_is_saved():
    reinforce = Reinforce(decay=0.75)
    assert float(reinforce.baseline()) == 0
    mask, nothing = torch.ones(1, 2, dtype=torch.bool), Choice(torch.zeros(1, 2), torch.zeros(1, 2))
    for log_prob in (-1.0, -3.0, -2.0):
        reinforce(torch.full((2,), log_prob), mask, nothing)
    mean = (0.75**2 * -1.0 + 0.75 * -3.0 + -2.0) / (0.75**2 + 0.75 + 1)
    assert_close(reinforce.baseline(), torch.tensor(mean))
    again = Reinforce()
    again.load_state_dict(reinforce.state_dict())
    assert_close(again.baseline(), torch.tensor(mean), rtol=0, atol=0)


def test_in_evaluation_nothing_is_drawn_and_the_baseline_stays():
    model = tiny().eval()
    usual(model)
    batch = collate([([5, 4, END], [BEGIN, 3, END])])
    assert_close(model(batch).total, model(batch).total, rtol=0, atol=0)
    assert model.reinforce is not None
    assert_close(float(model.reinforce.baseline()), -1.5)


def test_undecided_looks_get_a_bonus():
    selection = hard.Hard("reinforce", entropy_bonus=0.5)
    scores = torch.tensor([[[0.0, 0.0, 9.0, 0.0], [50.0, 0.0, 0.0, 0.0]]]).double()
    mask = torch.tensor([[[True, True, False, True]]])
    weights = torch.tensor([[[0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0]]]).double()
    log_prob, bonus, _ = selection.choice(scores, mask, weights)
    log_3 = float(torch.tensor(3.0).double().log())
    assert_close(log_prob, torch.tensor([[-log_3, 0.0]]).double())
    assert_close(bonus, torch.tensor([[0.5 * log_3, 0.0]]).double())
    nothing = selection.choice(scores.requires_grad_(), torch.zeros_like(mask), 0 * weights)
    assert_close(nothing[:2], tuple(torch.zeros(2, 1, 2).double()))
    (gradient,) = torch.autograd.grad(nothing.bonus.sum(), scores)
    assert (gradient == 0).all()
