"""Bottleneck gate: what and where at once, added to the features."""

import pytest
import torch
from tests.gates.counting import parameters
from torch.testing import assert_close

from saccade.gates import Bottleneck


@pytest.mark.parametrize(("channels", "h"), [(256, 16), (16, 4)])
def test_parameters(channels: int, h: int):
    channel = (channels * h + h) + h * channels + 2 * channels
    spatial = (channels * h + h) + 2 * (9 * h * h + h) + h + 2
    assert (
        parameters(Bottleneck(channels))
        == channel + spatial
        == 3 * channels * h + 18 * h * h + 2 * channels + 5 * h + 2
    )


def test_adds_to_the_features():
    gate, features = Bottleneck(11), torch.rand(2, 11, 5, 7)
    weighed = gate(features)
    assert (weighed >= features).all()
    assert (weighed <= 2 * features).all()


@pytest.mark.parametrize("dilation", [1, 4])
def test_looks_as_far_as_its_dilation_says(dilation: int):
    torch.manual_seed(0)
    gate = Bottleneck(11, dilation=dilation).eval()
    features = torch.randn(2, 11, 23, 23, requires_grad=True)
    (gradient,) = torch.autograd.grad(gate.spatial(features)[0, 0, 11, 11], features)
    rows = gradient[0].abs().sum((0, 2)).nonzero().flatten()
    assert set((rows - 11).tolist()) <= {-2 * dilation, -dilation, 0, dilation, 2 * dilation}
    assert rows.max() - rows.min() == 4 * dilation


def test_is_the_formula():
    gate, features = Bottleneck(11, reduction=2).eval(), torch.randn(2, 11, 5, 7)
    channel = gate.channel(features.mean((2, 3)))
    place = gate.spatial(features)
    assert_close(gate.map(features)[1, 3, 2, 4], (channel[1, 3] + place[1, 0, 2, 4]).sigmoid())
