"""Residual mask gate: an hourglass looks at a block's input."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gates.contract import Unit
from tests.gates.counting import parameters
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.errors import OptionError
from saccade.gates import ResidualMask


class Sizes(nn.Module):
    """Writes down the sizes of what passes through, and lets nothing through."""

    def __init__(self, seen: list[tuple[int, int]]) -> None:
        super().__init__()
        self.seen = seen

    def forward(self, features: Tensor) -> Tensor:
        self.seen.append((features.shape[2], features.shape[3]))
        return torch.zeros_like(features)


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("r", [1, 2])
def test_parameters(steps: int, r: int):
    gate = ResidualMask(11, unit=Unit, steps=steps, r=r)
    units = 2 * r * steps + steps - 1
    assert sum(isinstance(module, Unit) for module in gate.modules()) == units
    assert parameters(gate) == units * parameters(Unit(11)) + 2 * 11**2 + 4 * 11


def test_goes_down_and_up_through_the_same_sizes():
    seen: list[tuple[int, int]] = []
    gate = ResidualMask(3, unit=lambda _: Sizes(seen), steps=3)
    assert gate.map(torch.randn(2, 3, 33, 31)).shape == (2, 3, 33, 31)
    low, middle, high = (5, 4), (9, 8), (17, 16)
    # down, skip, down, skip, down · up, up, up
    assert seen == [high, high, middle, middle, low, low, middle, high]


def test_nothing_goes_past_the_units():
    """Neither the source nor what was pooled is added to what was interpolated: the size is all that it gives."""
    gate = ResidualMask(3, unit=lambda _: Sizes([]), steps=2).eval()
    masks = [gate.map(torch.randn(2, 3, 5, 7)) for _ in range(2)]
    assert_close(masks[0], masks[1])


def test_reads_the_source_and_weighs_the_features():
    gate = ResidualMask(3, unit=Unit, steps=2).eval()
    trunk, source = torch.randn(2, 3, 5, 7), torch.randn(2, 3, 5, 7)
    mask = gate.map(source)
    assert_close(gate(trunk, source), trunk * (1 + mask))
    naive = ResidualMask(3, unit=Unit, steps=2, learning="naive").eval()
    naive.load_state_dict(gate.state_dict())
    assert_close(naive(trunk, source), trunk * mask)


def numbers_of(gate: ResidualMask) -> list[Tensor]:
    seen: list[Tensor] = []
    gate.project.register_forward_hook(lambda _, __, numbers: seen.append(numbers))
    return seen


@pytest.mark.parametrize("normalisation", ["mixed", "channel", "spatial"])
def test_normalisation(normalisation: Any):
    gate = ResidualMask(3, unit=Unit, steps=1, normalisation=normalisation)
    seen = numbers_of(gate)
    mask = gate.map(torch.randn(2, 3, 5, 7))
    numbers = seen[0]
    expected = {
        "mixed": numbers.sigmoid(),
        # At a place where all numbers are 0, which the ReLU before them makes possible, so is the mask.
        "channel": (numbers / numbers.square().sum(1, keepdim=True).sqrt()).nan_to_num(),
        "spatial": (
            (numbers - numbers.mean((2, 3), keepdim=True)) / numbers.std((2, 3), correction=0, keepdim=True)
        ).sigmoid(),
    }
    assert_close(mask, expected[normalisation], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("height", "width", "says"), [(2, 2, False), (2, 3, True), (3, 3, True)])
@pytest.mark.parametrize("steps", [1, 2])
def test_what_is_pooled_to_one_place_says_nothing_of_the_place(steps: int, height: int, width: int, says: bool):
    gate = ResidualMask(3, unit=Unit, steps=steps, normalisation="spatial")
    mask = gate.map(torch.randn(2, 3, height, width))
    assert says != torch.allclose(mask, torch.full_like(mask, 0.5), atol=1e-3)


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40), steps=st.integers(1, 4))
def test_any_size(height: int, width: int, steps: int):
    gate = ResidualMask(3, unit=Unit, steps=steps)
    assert gate(torch.zeros(2, 3, height, width)).shape == (2, 3, height, width)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"steps": 0}, "`steps` must be at least 1, but is 0"),
        ({"r": 0}, "`r` must be at least 1, but is 0"),
        ({"hard": True, "normalisation": "spatial"}, "`normalisation` is 'spatial'. Take `mixed`, or `hard: false`"),
    ],
)
def test_refuses(options: dict[str, Any], message: str):
    with pytest.raises(OptionError, match=message):
        ResidualMask(3, **{"unit": Unit, "steps": 2, **options})
