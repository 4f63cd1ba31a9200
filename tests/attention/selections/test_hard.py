"""Hard selection: exactly one-hot forward; backward, what the estimator says."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention.selections import Hard, hard
from saccade.attention.selections.hard import ESTIMATORS
from saccade.attention.selections.soft import masked_softmax
from saccade.errors import OptionError

QUERY = torch.zeros(2, 3, 5)
MASK = torch.tensor([True, False, True, True, True, False, True]).expand(2, 1, 7)


def test_picks_the_best_that_is_allowed():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    scores[..., 1] = 9.0  # the best, but masked
    weights, state = Hard()(scores, MASK, QUERY, None)
    best = torch.where(MASK, scores, -torch.inf).argmax(-1)
    assert_close(weights, torch.nn.functional.one_hot(best, 7).float(), rtol=0, atol=0)
    assert state is None


def test_of_equal_scores_the_first_wins():
    weights, _ = Hard()(torch.zeros(2, 3, 7), ~MASK, QUERY, None)
    assert (weights[..., 1] == 1).all()
    assert (weights.sum(-1) == 1).all()


def test_sees_what_a_softmax_rounds_away():
    scores = torch.tensor([1e-20, 3e-20, 2e-20]).expand(2, 3, 3)
    weights, _ = Hard()(scores, None, QUERY, None)
    assert (weights.argmax(-1) == 1).all()


def test_gradient_is_that_of_a_softmax():
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(2, 3, 7, dtype=torch.float64)
    hard, _ = Hard()(scores, MASK, QUERY, None)
    (actual,) = torch.autograd.grad(hard, scores, upstream)
    soft = masked_softmax(scores, MASK)
    # J^T g of a softmax, written out: a * (g - a·g)
    expected = soft * (upstream - (soft * upstream).sum(-1, keepdim=True))
    assert_close(actual, expected)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_estimator_takes_the_best_in_evaluation(estimator: str):
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    weights, _ = Hard(estimator).eval()(scores, MASK, QUERY, None)
    best = torch.where(MASK, scores, -torch.inf).argmax(-1)
    assert_close(weights, torch.nn.functional.one_hot(best, 7).float(), rtol=0, atol=0)


@pytest.mark.parametrize("estimator", ["gumbel", "reinforce"])
def test_one_key_that_is_allowed_is_drawn(estimator: str):
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7)
    for _ in range(13):
        weights, _ = Hard(estimator)(scores, MASK, QUERY, None)
        assert_close(weights.sum(-1), torch.ones(2, 3), rtol=0, atol=0)
        assert ((weights == 0) | (weights == 1)).all()
        assert (weights[..., ~MASK[0, 0]] == 0).all()


def test_gumbel_draws_from_the_softmax():
    torch.manual_seed(0)
    scores = torch.tensor([[[0.3, -1.0, 0.9]]]).expand(1, 20_000, 3)
    weights, _ = Hard("gumbel")(scores, None, torch.zeros(1, 20_000, 2), None)
    # Three standard deviations of a share of 20,000 draws are at most 0.011.
    assert_close(weights.mean(1), scores[:, 0].softmax(-1), rtol=0, atol=0.011)


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_gumbel_gradient_is_that_of_a_softmax_with_noise(temperature: float, monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(0)
    scores = torch.randn(2, 3, 7, dtype=torch.float64, requires_grad=True)
    upstream, noise = torch.randn(2, 2, 3, 7, dtype=torch.float64)
    monkeypatch.setattr(hard, "gumbel_noise", lambda scores: noise)
    weights, _ = Hard("gumbel", temperature=temperature)(scores, MASK, QUERY, None)
    (actual,) = torch.autograd.grad(weights, scores, upstream)
    soft = masked_softmax((scores + noise) / temperature, MASK)
    (expected,) = torch.autograd.grad(soft, scores, upstream)
    assert_close(actual, expected)
    assert_close(weights.argmax(-1), torch.where(MASK, scores + noise, -torch.inf).argmax(-1))


def test_without_noise_and_hot_or_cold_gumbel_is_the_best(monkeypatch: pytest.MonkeyPatch):
    scores = torch.randn(2, 3, 7, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(hard, "gumbel_noise", torch.zeros_like)
    for temperature in (1e-3, 1e3):
        drawn, _ = Hard("gumbel", temperature=temperature)(scores, MASK, QUERY, None)
        assert_close(drawn, Hard()(scores, MASK, QUERY, None)[0], rtol=0, atol=0)


def test_the_temperature_falls_batch_by_batch_and_is_saved():
    selection = Hard("gumbel", temperature=2.0, final_temperature=0.5, annealing_batches=4)
    seen = []
    for _ in range(6):
        seen.append(float(selection.temperature_now()))
        selection.advance()
    assert_close(torch.tensor(seen), torch.tensor([2.0, 2**0.5, 1.0, 2**-0.5, 0.5, 0.5]))
    again = Hard("gumbel", temperature=2.0, final_temperature=0.5, annealing_batches=4)
    again.load_state_dict(selection.state_dict())
    assert int(again.batches) == 6
    assert Hard("gumbel").state_dict() == Hard().state_dict() == {}


@pytest.mark.parametrize("estimator", ["gumbel", "straight-through"])
def test_a_row_without_keys_is_zero_with_every_estimator(estimator: str):
    scores = torch.randn(2, 3, 7, requires_grad=True)
    mask = MASK.clone()
    mask[1] = False
    weights, _ = Hard(estimator)(scores, mask, QUERY, None)
    assert (weights[1] == 0).all()
    (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    assert gradient.isfinite().all()
    assert (gradient[1] == 0).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"estimator": "gumble"}, r"`estimator` is 'gumble', which is not known. Did you mean `gumbel`\?"),
        ({"estimator": "gumbel", "temperature": 0.0}, r"`temperature` must be above 0, but is 0.0"),
        ({"temperature": 0.5}, r"option of the estimator `gumbel`, but `estimator` is 'straight-through'"),
        ({"entropy_bonus": 0.1}, r"option of the estimator `reinforce`, but `estimator` is 'straight-through'"),
        ({"estimator": "reinforce", "entropy_bonus": -0.1}, r"`entropy_bonus` must be at least 0, but is -0.1"),
        ({"estimator": "gumbel", "final_temperature": 0.5}, r"go together, but are 0.5 and None"),
        (
            {"estimator": "gumbel", "final_temperature": 0.5, "annealing_batches": 0},
            r"`annealing_batches` must be at least 1, but is 0",
        ),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict, message: str):
    with pytest.raises(OptionError, match=message):
        Hard(**options)
