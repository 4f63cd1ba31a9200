"""Hard maps: zeros and ones, the gradient of a sigmoid, and a pull towards the fraction that is to be kept."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tests.gates.contract import CASES, Case
from torch.testing import assert_close

from saccade.errors import OptionError
from saccade.gates import Spatial
from saccade.gates.hard import PENALTY, Choice


def test_soft_is_the_sigmoid():
    numbers = torch.randn(2, 3, 5)
    assert_close(Choice(hard=False, keep=0.5)(numbers), numbers.sigmoid())


@given(numbers=st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=7))
def test_hard_is_the_rounded_sigmoid(numbers: list[float]):
    tensor = torch.tensor(numbers, dtype=torch.float64)
    assert_close(Choice(hard=True, keep=0.5)(tensor), (tensor > 0).double(), rtol=0, atol=0)


@pytest.mark.parametrize("training", [True, False], ids=["training", "eval"])
def test_gradient(training: bool):
    numbers = torch.randn(2, 3, 5, dtype=torch.float64, requires_grad=True)
    upstream = torch.randn(2, 3, 5, dtype=torch.float64)
    choose = Choice(hard=True, keep=0.3).train(training)
    (gradient,) = torch.autograd.grad(choose(numbers), numbers, upstream)
    # The loss of the task, and beside it PENALTY * (mean - keep)² for each of two images; both as if each number of
    # the map were a sigmoid.
    kept = (numbers > 0).double().mean()
    pull = 2 * PENALTY * 2 * (kept - 0.3) / 30 if training else 0.0
    share = numbers.sigmoid()
    assert_close(gradient, (upstream + pull) * share * (1 - share), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("keep", [0.0, 1.0, -0.5, 3.0, float("nan")])
def test_keep_is_a_fraction(keep: float):
    with pytest.raises(OptionError, match=f"`keep` must be a fraction between 0 and 1, both excluded, but is {keep}"):
        Spatial(3, keep=keep)


@pytest.mark.parametrize(
    ("case", "keep"),
    [*((case, 0.25) for case in CASES if case.hard), (Case("spatial", (("hard", True),)), 0.75)],
    ids=str,
)
def test_learns_to_keep_as_many_as_it_should(case: Case, keep: float):
    """Also where the task does not care how many are kept, and nothing but the pull is there."""
    case = case._replace(options=(*case.options, ("keep", keep)))
    gate = case.build(torch.float32)
    optimiser = torch.optim.Adam(gate.parameters(), lr=0.03)
    features, source = case.features(dtype=torch.float32), case.source(dtype=torch.float32)
    fractions = []
    for _ in range(150):
        map_ = gate.map((features if source is None else source).detach())
        optimiser.zero_grad()
        (0 * map_).sum().backward()
        optimiser.step()
        fractions.append(map_.mean().item())
    assert abs(sum(fractions[-20:]) / 20 - keep) < 0.12, fractions[::10]
