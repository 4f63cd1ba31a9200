"""Scale gate: which receptive field."""

import pytest
import torch
from tests.gates.counting import parameters
from torch.testing import assert_close

from saccade.errors import OptionError
from saccade.gates import Scale


@pytest.mark.parametrize(("channels", "groups", "hidden"), [(256, 32, 32), (1024, 32, 64), (16, 16, 32), (11, 1, 32)])
@pytest.mark.parametrize("branches", [2, 3])
def test_parameters(channels: int, groups: int, hidden: int, branches: int):
    convolutions = branches * (9 * channels**2 // groups + 2 * channels)
    network = channels * hidden + 2 * hidden + branches * channels * hidden
    assert parameters(Scale(channels, branches=branches)) == convolutions + network


def test_a_branch_sees_as_many_places_as_its_number_says():
    gate = Scale(11, branches=3).eval()
    for branch, across in zip(gate.branches, (3, 5, 7), strict=True):
        features = torch.randn(2, 11, 13, 13, requires_grad=True)
        (gradient,) = torch.autograd.grad(branch[0](features)[0, :, 6, 6].sum(), features)
        rows = gradient[0].abs().sum((0, 2)).nonzero().flatten()
        assert rows.max() - rows.min() + 1 == across


def test_is_the_formula():
    gate, features = Scale(11, branches=3).eval(), torch.randn(2, 11, 5, 7)
    seen = [branch(features) for branch in gate.branches]
    hidden = gate.squeeze(sum(seen).mean((2, 3)))
    numbers = [gate.select.weight[11 * number : 11 * number + 11] @ hidden[1] for number in range(3)]
    shares = torch.stack(numbers).exp() / torch.stack(numbers).exp().sum(0)
    assert_close(gate.map(features)[1, :, :, 0, 0], shares)
    assert_close(gate(features)[1], sum(shares[number, :, None, None] * seen[number][1] for number in range(3)))


def test_by_another_source_the_means_of_both_are_remembered():
    gate = Scale(11)
    features, source = torch.zeros(2, 11, 5, 7), torch.randn(2, 11, 5, 7)
    for _ in range(100):
        gate(features, source)
    norm = gate.branches[0][1]
    # Of the mean over two passes, the last one counts for 1 / (2 - momentum); zeros leave nothing else.
    remembered = gate.branches[0][0](source).mean((0, 2, 3)) / (2 - norm.momentum)
    assert_close(norm.running_mean, remembered, rtol=1e-4, atol=1e-6)


def test_one_branch_is_no_choice():
    with pytest.raises(OptionError, match="`branches` must be at least 2, to choose among, but is 1"):
        Scale(11, branches=1)
