"""Pyramid gate: at which size of the image."""

import pytest
import torch
from tests.gates.counting import parameters
from torch import nn
from torch.testing import assert_close

from saccade.errors import OptionError
from saccade.gates import Pyramid, at_one_size


@pytest.mark.parametrize("scales", [2, 3])
@pytest.mark.parametrize("d_source", [None, 13])
def test_parameters(scales: int, d_source: int | None):
    read = 9 * scales * (d_source or 11) * 512 + 512
    assert parameters(Pyramid(11, scales=scales, d_source=d_source)) == read + 512 * scales + scales


def test_without_a_preference_it_is_the_mean():
    gate, pyramid = Pyramid(11, scales=3, hidden=17), torch.randn(2, 3, 11, 5, 7)
    nn.init.zeros_(gate.compare[2].weight)
    nn.init.zeros_(gate.compare[2].bias)
    assert_close(gate(pyramid), pyramid.mean(1))


def test_prefers_at_each_place_of_its_own():
    gate, pyramid = Pyramid(1, scales=2, hidden=2), torch.zeros(2, 2, 1, 5, 7)
    with torch.no_grad():
        for parameter in gate.parameters():
            parameter.zero_()
        gate.compare[0].weight[:, :, 1, 1] = torch.eye(2)
        gate.compare[2].weight[:, :, 0, 0] = 100 * torch.eye(2)
    pyramid[:, 0, :, 3, 4] = 1.0
    pyramid[:, 1, :, 1, 2] = 1.0
    map_ = gate.map(pyramid)
    assert_close(map_[0, :, 0, 3, 4], torch.tensor([1.0, 0.0]))
    assert_close(map_[0, :, 0, 1, 2], torch.tensor([0.0, 1.0]))
    assert_close(map_[0, :, 0, 0, 0], torch.tensor([0.5, 0.5]))


def test_at_one_size():
    fine, coarse = torch.randn(2, 11, 5, 7), torch.arange(2.0)[:, None].expand(2, 11, 2, 3)
    pyramid = at_one_size([fine, coarse])
    assert_close(pyramid[:, 0], fine)
    assert_close(pyramid[0, 1, 3, :, 2], torch.tensor([0.0, 0.25, 0.5, 0.75, 1.0]))


def test_one_scale_is_no_choice():
    with pytest.raises(OptionError, match="`scales` must be at least 2, to choose among, but is 1"):
        Pyramid(11, scales=1)
