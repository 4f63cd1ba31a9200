"""Monotonic: the expectation over all walks, by enumeration; the hard walk; lengths at which products vanish."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torch.testing import assert_close

from saccade.attention.selections import Monotonic
from saccade.attention.selections.monotonic import arriving
from saccade.errors import OptionError


def make(**options: float) -> Monotonic:
    return Monotonic(**({"offset": 0.3, "noise": 0.0} | options)).double()


def looks(select: Monotonic, scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """The weights of looks one after the other, from scores (batch, step, key)."""
    state, weights = None, []
    for step in scores.split(1, 1):
        weight, state = select(step, mask, torch.zeros(len(scores), 1, 5), state)
        weights.append(weight)
    return torch.cat(weights, 1)


def by_enumeration(p: Tensor) -> Tensor:
    """Add up the probability of every walk: at each step it stops at a key, not before the last one, or is lost."""
    steps, keys = p.shape
    weights = torch.zeros_like(p)
    for stops in itertools.product(range(keys + 1), repeat=steps):
        probability, at = torch.ones((), dtype=p.dtype), 0
        for step, stop in enumerate(stops):
            if stop < at:
                probability = probability * 0
                break
            probability = probability * torch.prod(1 - p[step, at:stop])
            probability = probability * (p[step, stop] if stop < keys else 1)
            at = stop
        for step, stop in enumerate(stops):
            if stop < keys:
                weights[step, stop] += probability
    return weights


@pytest.mark.parametrize("keys", [1, 2, 4])
def test_weights_are_the_expectation_over_all_walks(keys: int):
    torch.manual_seed(0)
    select, scores = make(), torch.randn(2, 3, keys, dtype=torch.float64)
    p = torch.sigmoid(scores + 0.3)
    expected = torch.stack([by_enumeration(row) for row in p])
    assert_close(looks(select, scores).detach(), expected, rtol=1e-6, atol=1e-6)


def test_a_masked_key_is_walked_past():
    torch.manual_seed(0)
    select, scores = make(), torch.randn(2, 3, 7, dtype=torch.float64)
    mask = torch.tensor([False, True, True, False, True, True, False]).expand(2, 1, 7)
    for mode in (True, False):
        weights = looks(select.train(mode), scores, mask)
        assert (weights[..., ~mask[0, 0]] == 0).all()
        assert_close(weights[..., mask[0, 0]], looks(select, scores[..., mask[0, 0]]))


@given(st.integers(1, 33), st.integers(0, 10**6))
def test_recurrence(keys: int, seed: int):
    generator = torch.Generator().manual_seed(seed)
    before, passing = torch.rand(2, 1, 1, keys, generator=generator, dtype=torch.float64)
    expected = []
    for k in range(keys):
        expected.append(before[..., k] + (passing[..., k - 1] * expected[-1] if k else 0))
    assert_close(arriving(before, passing), torch.stack(expected, -1))


@pytest.mark.parametrize("keys", [997])
def test_long_sources_stay_exact_in_float32(keys: int):
    """Where the products of 1 - p are far below what float32 knows, so that none may be divided by."""
    torch.manual_seed(0)
    scores = 4 * torch.randn(2, 5, keys, requires_grad=True)
    weights = looks(make().float(), scores)
    exact = looks(make(), scores.double())
    assert_close(weights.double(), exact, rtol=1e-3, atol=1e-6)
    (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    (expected,) = torch.autograd.grad(exact.square().sum(), scores)
    assert_close(gradient, expected, rtol=1e-2, atol=1e-5)
    assert weights[:, -1].argmax(-1).min() > 0


def test_when_not_in_training_it_walks_to_the_first_key_that_is_chosen():
    scores = torch.tensor([[[-9, -9, 9, 9, -9], [9, 9, -9, -9, 9], [9, 9, 9, 9, -9], [9.0] * 5]]).double()
    weights = looks(make().eval(), scores)
    assert weights[0, :2].argmax(-1).tolist() == [2, 4]
    assert_close(weights.sum(-1), torch.tensor([[1.0, 1.0, 0.0, 0.0]]).double())  # lost at the third, for good
    assert set(weights.unique().tolist()) == {0.0, 1.0}


def test_certain_choices_are_the_hard_walk():
    torch.manual_seed(0)
    scores = 1e3 * torch.randn(31, 5, 7, dtype=torch.float64).sign()
    select = make()
    assert_close(looks(select.train(), scores).detach(), looks(select.eval(), scores))


def test_noise_is_drawn_in_training_only():
    scores = torch.randn(2, 3, 7, dtype=torch.float64)
    select = make(noise=1.0)
    torch.manual_seed(0)
    assert not torch.allclose(looks(select, scores), looks(make(), scores))
    assert_close(looks(select.eval(), scores), looks(select, scores), rtol=0, atol=0)


def test_gradients_are_right():
    torch.manual_seed(0)
    select, scores = make(), torch.randn(2, 3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda scores, *_: looks(select, scores), (scores, *select.parameters()))


def test_an_empty_row_is_never_nan_even_inside():
    scores = torch.randn(2, 3, 7, requires_grad=True)
    with torch.autograd.set_detect_anomaly(True):
        weights = looks(make().float(), scores, torch.zeros(2, 1, 7, dtype=torch.bool))
        (gradient,) = torch.autograd.grad(weights.square().sum(), scores)
    assert_close(weights, torch.zeros(2, 3, 7))
    assert_close(gradient, torch.zeros(2, 3, 7))


@pytest.mark.parametrize("noise", [-1.0, float("nan")])
def test_noise_below_zero_is_refused(noise: float):
    with pytest.raises(OptionError, match=f"`noise` must be a number of at least 0, but is {noise}"):
        Monotonic(noise=noise)
