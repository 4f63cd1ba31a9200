"""The network from channel to channel keeps its waist."""

import pytest

from saccade.gates.perceptron import hidden_units, perceptron


@pytest.mark.parametrize(
    ("channels", "reduction", "hidden"), [(256, 16, 16), (64, 16, 4), (63, 16, 4), (8, 16, 4), (3, 16, 4), (37, 2, 18)]
)
def test_hidden_units(channels: int, reduction: int, hidden: int):
    assert hidden_units(channels, reduction) == hidden
    assert perceptron(channels, reduction)[0].out_features == hidden
