"""Efficient-channel gate: each channel looks at its neighbours."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.gates.counting import parameters
from torch.testing import assert_close

from saccade.gates import EfficientChannel
from saccade.gates.efficient_channel import adaptive_size


def test_sizes_for_resnet_50():
    assert [adaptive_size(width) for width in (64, 128, 256, 512)] == [3, 5, 5, 5]
    assert [adaptive_size(output) for output in (256, 512, 1024, 2048)] == [5, 5, 5, 7]


@given(channels=st.integers(1, 10**6))
def test_size_is_the_nearest_odd_number(channels: int):
    size, wanted = adaptive_size(channels), math.log2(channels) / 2 + 1 / 2
    assert size % 2 == 1
    assert abs(size - wanted) <= 1


@pytest.mark.parametrize(("channels", "size"), [(4, 1), (16, 3), (128, 5), (2048, 7)])
def test_parameters(channels: int, size: int):
    assert parameters(EfficientChannel(channels)) == size
    assert parameters(EfficientChannel(channels, kernel_size=9)) == 9
    assert parameters(EfficientChannel(channels, hard=True)) == size + 1


def test_is_the_formula():
    gate, features = EfficientChannel(11, kernel_size=3), torch.randn(2, 11, 5, 7)
    means = torch.cat([torch.zeros(1), features[1].mean((1, 2)), torch.zeros(1)])
    numbers = torch.stack([gate.convolution.weight[0, 0] @ means[place : place + 3] for place in range(11)])
    assert_close(gate.map(features)[1, :, 0, 0], numbers.sigmoid())
