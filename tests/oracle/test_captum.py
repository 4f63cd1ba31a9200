"""Captum, which computes the same in another way, says the same: integrated gradients, gradient × input, occlusion."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from saccade.maps import gradient_times_input, integrated_gradients, occlusion

attr = pytest.importorskip("captum.attr", reason="captum, an oracle of attributions, is not installed")

ITEMS, FEATURES, STEPS = 7, 5, 23


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """From vectors (variant, item, feature) to a number a row."""
    torch.manual_seed(2)
    layers = nn.Sequential(nn.Flatten(), nn.Linear(ITEMS * FEATURES, 11), nn.Tanh(), nn.Linear(11, 1), nn.Flatten(0))
    return layers.double()


@pytest.fixture(scope="module")
def vectors() -> Tensor:
    return torch.randn(ITEMS, FEATURES, dtype=torch.float64, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize("shift", [None, 0.25])
def test_integrated_gradients(network: nn.Module, vectors: Tensor, shift: float | None) -> None:
    start = None if shift is None else torch.full_like(vectors, shift)
    wanted = attr.IntegratedGradients(network).attribute(
        vectors[None], 0.0 if start is None else start[None], n_steps=STEPS, method="riemann_middle"
    )
    found = integrated_gradients(vectors, network, start, steps=STEPS)
    torch.testing.assert_close(found, wanted[0].sum(-1))


def test_gradient_times_input(network: nn.Module, vectors: Tensor) -> None:
    wanted = attr.InputXGradient(network).attribute(vectors[None].clone().requires_grad_())
    torch.testing.assert_close(gradient_times_input(vectors, network), wanted[0].sum(-1).detach())


def test_occlusion(network: nn.Module, vectors: Tensor) -> None:
    def answer(seen: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network(torch.from_numpy(seen)[..., None] * vectors).numpy()

    wanted = attr.Occlusion(network).attribute(vectors[None], sliding_window_shapes=(1, FEATURES))
    np.testing.assert_allclose(occlusion(ITEMS, answer), wanted[0, :, 0].detach().numpy(), rtol=1e-6)  # in float32
