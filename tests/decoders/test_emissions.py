"""Emissions are the same in one piece and a few at a time; shares of positions are logarithms of weights."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.decoders import Positions, emissions
from saccade.decoders.emissions import NEVER, Emissions, log_shares, one_hot_of_best

BATCH, QUERY, KEY, D_READOUT, VOCAB = 2, 3, 5, 7, 11
MASK = torch.tensor([[True] * 5, [True, True, False, True, False]])


def made(dropout: float = 0.0) -> tuple[Emissions, list[Tensor]]:
    torch.manual_seed(0)
    steps = torch.randn(BATCH, QUERY, D_READOUT, dtype=torch.double, requires_grad=True)
    values = torch.randn(BATCH, KEY, D_READOUT, dtype=torch.double, requires_grad=True)
    vocabulary = nn.Linear(D_READOUT, VOCAB).double()
    return Emissions.of(steps, Positions(values, MASK), vocabulary, dropout), [steps, values, *vocabulary.parameters()]


def test_each_step_reads_out_each_position_alone():
    emission, (steps, values, weight, bias) = made()
    tokens = torch.randint(VOCAB, (BATCH * QUERY,))
    actual = emission.of_tokens(tokens).view(BATCH, QUERY, KEY)
    readout = torch.tanh(steps[1, 2] + values[1, 3])
    assert_close(actual[1, 2, 3], (weight @ readout + bias).log_softmax(0)[tokens[5]])
    weights = torch.randn(BATCH * QUERY, KEY, dtype=torch.double).log_softmax(-1)
    for token in range(VOCAB):
        of_token = emission.of_tokens(torch.full((BATCH * QUERY,), token))
        assert_close(emission.mixed(weights)[:, token], (of_token.exp() * weights.exp()).sum(-1).log())


@pytest.mark.parametrize("at_once", [1, 2 * KEY * VOCAB])
def test_a_few_at_a_time_is_the_same_forward_and_backward(at_once: int, monkeypatch: pytest.MonkeyPatch):
    emission, inputs = made()
    shares = torch.randn(BATCH * QUERY, KEY, dtype=torch.double).log_softmax(-1)
    tokens = torch.randint(VOCAB, (BATCH * QUERY,))
    whole = [emission.of_tokens(tokens), emission.mixed(shares)]
    monkeypatch.setattr(emissions, "LOGITS_AT_ONCE", at_once)
    parts = [emission.of_tokens(tokens), emission.mixed(shares)]
    assert_close(parts, whole)
    gradients = [torch.autograd.grad(each[0].sin().sum() + each[1].sin().sum(), inputs) for each in (parts, whole)]
    assert_close(*gradients)
    with torch.no_grad():
        assert_close(emission.mixed(shares), whole[1])


def test_what_is_dropped_is_the_same_when_it_is_made_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(emissions, "LOGITS_AT_ONCE", 1)
    emission, inputs = made(dropout=0.5)

    def chosen(*_: Tensor) -> Tensor:
        torch.manual_seed(3)
        return emission.of_tokens(torch.arange(BATCH * QUERY))

    assert torch.autograd.gradcheck(chosen, inputs)


def test_shares_are_logarithms_and_never_nan():
    weights = torch.tensor([[[0.25, 0.75, 0.0, 0.0, 0.0]], [[0.0] * 5]], requires_grad=True)
    mask = torch.stack([MASK[1], torch.zeros(5, dtype=torch.bool)])
    shares = log_shares(weights, mask)
    assert_close(shares[0, 0, :2].exp(), weights[0, 0, :2])
    assert (shares[0, 0, [2, 4]] == NEVER).all()
    # Nowhere to look: at the first one, whose value is 0.
    assert_close(shares[1, 0], torch.tensor([0.0, *[NEVER] * 4]))
    (gradient,) = torch.autograd.grad(shares.exp().sum(), weights)
    assert gradient.isfinite().all()
    assert (gradient[1] == 0).all()
    assert_close(one_hot_of_best(shares[:, 0], mask), torch.tensor([[0.0, 1.0, 0.0, 0.0, 0.0], [0.0] * 5]))


def test_rows_of_a_sentence_lie_one_after_the_other():
    emission, (steps, values, *_) = made()
    two = Emissions.of(
        torch.cat([steps, steps]).view(2, BATCH, QUERY, D_READOUT).transpose(0, 1).reshape(-1, QUERY, D_READOUT),
        Positions(values, MASK),
        emission.vocabulary,
        0.0,
    )
    tokens = torch.randint(VOCAB, (BATCH * QUERY,))
    doubled = tokens.view(BATCH, 1, QUERY).expand(-1, 2, -1).flatten()
    expected = emission.of_tokens(tokens).view(BATCH, 1, QUERY, KEY).expand(-1, 2, -1, -1)
    assert_close(two.of_tokens(doubled).view(BATCH, 2, QUERY, KEY), expected)
