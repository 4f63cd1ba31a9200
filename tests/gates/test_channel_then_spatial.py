"""Channel-then-spatial gate: first what, then where."""

import pytest
import torch
from tests.gates.counting import parameters
from torch.testing import assert_close

from saccade.gates import ChannelThenSpatial


@pytest.mark.parametrize(("channels", "hidden"), [(256, 16), (16, 4)])
def test_parameters(channels: int, hidden: int):
    assert parameters(ChannelThenSpatial(channels)) == 2 * channels * hidden + 2 * 49 + 1


def test_is_the_formula():
    gate, features = ChannelThenSpatial(11, reduction=2, kernel_size=3), torch.randn(2, 11, 5, 7)
    first, _, second = gate.perceptron
    numbers = sum(
        second.weight @ (first.weight @ pooled).clamp(min=0)
        for pooled in (features[1].mean((1, 2)), features[1].amax((1, 2)))
    )
    channel = numbers.sigmoid()[:, None, None]
    place = gate.spatial.map(channel[None] * features[1:])[0]
    assert_close(gate.map(features)[1], channel * place)


def test_a_hard_map_aims_at_the_root_with_either_part():
    gate = ChannelThenSpatial(11, hard=True, keep=0.25)
    assert gate.choose.keep == gate.spatial.choose.keep == 0.5
