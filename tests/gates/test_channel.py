"""Channel gate: squeeze and excitation."""

import pytest
import torch
from tests.gates.counting import parameters
from torch.testing import assert_close

from saccade.gates import Channel


def test_is_the_formula():
    gate, features = Channel(11, reduction=2), torch.randn(2, 11, 5, 7)
    first, _, second = gate.perceptron
    hidden = (first.weight @ features[1].mean((1, 2))).clamp(min=0)
    assert_close(gate.map(features)[1, :, 0, 0], 1 / (1 + torch.exp(-second.weight @ hidden)))


@pytest.mark.parametrize(("channels", "reduction", "count"), [(256, 16, 2 * 256 * 16), (64, 16, 512), (8, 16, 64)])
def test_parameters(channels: int, reduction: int, count: int):
    assert parameters(Channel(channels, reduction=reduction)) == count
    assert parameters(Channel(channels, reduction=reduction, hard=True)) == count + channels


def test_of_few_channels_the_map_still_depends_on_the_features():
    torch.manual_seed(0)
    gate = Channel(8, reduction=16)
    assert gate.map(torch.randn(2, 8, 5, 7)).std() > 1e-3
