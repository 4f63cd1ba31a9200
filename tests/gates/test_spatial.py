"""Spatial gate: where in the image."""

import pytest
import torch
from tests.gates.counting import parameters
from torch.testing import assert_close

from saccade.gates import Spatial


@pytest.mark.parametrize("size", [3, 7])
def test_parameters(size: int):
    assert parameters(Spatial(11, kernel_size=size)) == 2 * size * size + 1


def test_is_the_formula():
    gate, features = Spatial(11, kernel_size=3), torch.randn(2, 11, 5, 7)
    mean, largest = features[1].mean(0), features[1].max(0).values
    window = torch.stack([mean[2:5, 3:6], largest[2:5, 3:6]])
    number = (gate.convolution.weight[0] * window).sum() + gate.convolution.bias[0]
    assert_close(gate.map(features)[1, 0, 3, 4], number.sigmoid())


def test_says_only_where():
    features = torch.randn(2, 11, 5, 7)
    gate = Spatial(11)
    assert_close(gate.map(features[:, torch.randperm(11)]), gate.map(features))
