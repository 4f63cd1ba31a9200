"""The network of two layers, with a narrow waist, by which several gates look from channel to channel."""

from typing import Final

from torch import nn

from saccade.checks import check_positive

LEAST_HIDDEN: Final = 4
"""A waist with fewer units is no network any more: with none, each weight would be 0.5 whatever comes in."""


def hidden_units(channels: int, reduction: int) -> int:
    """How many units the waist has: so many times fewer than channels, but never under the stated least.

    Raises:
        OptionError: A reduction below 1.

    Example:
        >>> hidden_units(256, 16), hidden_units(8, 16)
        (16, 4)
    """
    check_positive(reduction=reduction)
    return max(channels // reduction, LEAST_HIDDEN)


def perceptron(channels: int, reduction: int, bias: bool = False) -> nn.Sequential:
    """Make the network from channel to channel; only its last layer may have a bias."""
    hidden = hidden_units(channels, reduction)
    return nn.Sequential(nn.Linear(channels, hidden, bias=False), nn.ReLU(), nn.Linear(hidden, channels, bias=bias))
