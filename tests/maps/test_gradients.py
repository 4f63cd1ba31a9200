"""Attributions by the gradient have the known answers of linear models, and add up."""

import pytest
import torch
from torch import Tensor

from saccade.errors import OptionError
from saccade.maps.gradients import gradient_times_input, integrated_gradients

WEIGHTS = torch.tensor([[1.0, -2.0, 0.5], [0.0, 3.0, 1.0]], dtype=torch.float64)
VECTORS = torch.tensor([[2.0, 1.0, 4.0], [1.0, -1.0, 0.5]], dtype=torch.float64)


def linear(vectors: Tensor) -> Tensor:
    return (vectors * WEIGHTS).sum((1, 2))


def curved(vectors: Tensor) -> Tensor:
    return torch.tanh((vectors * WEIGHTS).sum(-1)).prod(-1) + vectors.square().sum((1, 2))


def test_of_a_linear_model_both_give_the_shares() -> None:
    shares = (VECTORS * WEIGHTS).sum(1)
    torch.testing.assert_close(gradient_times_input(VECTORS, linear), shares)
    torch.testing.assert_close(integrated_gradients(VECTORS, linear, steps=1), shares)


def test_integrated_gradients_add_up_to_the_difference_from_the_baseline() -> None:
    baseline = torch.full_like(VECTORS, 0.25)
    found = integrated_gradients(VECTORS, curved, baseline, steps=4096)
    difference = curved(VECTORS[None]) - curved(baseline[None])
    torch.testing.assert_close(found.sum(), difference[0], atol=1e-5, rtol=0)


def test_integrated_gradients_of_a_square_are_known() -> None:
    found = integrated_gradients(VECTORS, lambda vectors: vectors.square().sum((1, 2)), steps=3)
    torch.testing.assert_close(found, VECTORS.square().sum(1))  # by midpoints, exact for a gradient that is linear


def test_gradients_are_taken_though_nobody_trains() -> None:
    with torch.no_grad():
        assert gradient_times_input(VECTORS, linear).sum() == linear(VECTORS[None])[0]
    assert not VECTORS.requires_grad


def test_no_step_is_refused() -> None:
    with pytest.raises(OptionError, match="`steps` must be at least 1, but is 0"):
        integrated_gradients(VECTORS, linear, steps=0)
