"""The vocabulary layer, its log-softmax and the choice of the target, against PyTorch's own."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from saccade.decoders import VocabularyOutput
from saccade.decoders.vocabulary import ROWS


def output(batch: int = 3, steps: int = 5, vocabulary: int = 11) -> tuple[VocabularyOutput, torch.Tensor, torch.Tensor]:
    features = torch.randn(batch, steps, 7, dtype=torch.double, requires_grad=True)
    target = torch.randint(0, vocabulary, (batch, steps))
    mask = torch.rand(batch, steps) < 0.7
    mask[0] = True
    return VocabularyOutput(features, nn.Linear(7, vocabulary).double()), target, mask


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("batch", [3, 2 * ROWS])
def test_loss_and_every_gradient_are_pytorchs(smoothing: float, batch: int):
    ours, target, mask = output(batch)
    parameters = [ours.features, *ours.vocabulary.parameters()]
    logits = ours.vocabulary(ours.features)[mask]
    expected = functional.cross_entropy(logits, target[mask], reduction="sum", label_smoothing=smoothing)
    chosen, mean = ours.log_probs(target, mask)
    total = -((1 - smoothing) * chosen.sum() + smoothing * mean.sum())
    torch.testing.assert_close(total, expected)
    torch.testing.assert_close(torch.autograd.grad(total, parameters), torch.autograd.grad(expected, parameters))


def test_gradients_of_either_part_alone():
    ours, target, mask = output()
    log_probs = ours.vocabulary(ours.features)[mask].log_softmax(-1)
    chosen, mean = ours.log_probs(target, mask)
    expected = log_probs.gather(1, target[mask][:, None]).square().sum()
    torch.testing.assert_close(
        torch.autograd.grad(chosen.square().sum(), ours.features),
        torch.autograd.grad(expected, ours.features, retain_graph=True),
    )
    chosen, mean = ours.log_probs(target, mask)
    torch.testing.assert_close(
        torch.autograd.grad(mean.square().sum(), ours.features),
        torch.autograd.grad(log_probs.mean(1).square().sum(), ours.features),
    )


def test_a_second_backward_over_the_same_graph_is_refused_not_wrong():
    ours, target, mask = output()
    total = ours.log_probs(target, mask).chosen.sum()
    total.backward(retain_graph=True)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        total.backward()


def test_next_log_probs_are_of_the_last_step_and_sum_to_one():
    ours, _, _ = output()
    log_probs = ours.next_log_probs()
    torch.testing.assert_close(log_probs, ours.vocabulary(ours.features)[:, -1].log_softmax(-1))
    torch.testing.assert_close(log_probs.exp().sum(-1), torch.ones(3, dtype=torch.double))


def test_bfloat16_log_probabilities_are_sums_in_float32():
    ours, target, mask = output()
    half = VocabularyOutput(ours.features.detach().float(), ours.vocabulary.float())
    with torch.autocast("cpu", torch.bfloat16):
        chosen = half.log_probs(target, mask).chosen
    assert chosen.dtype == torch.float32
    expected = ours.vocabulary(half.features)[mask].log_softmax(-1).gather(1, target[mask][:, None]).squeeze(1)
    torch.testing.assert_close(chosen, expected, atol=0.05, rtol=0.02)
