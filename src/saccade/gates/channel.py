"""Channel gate: squeeze and excitation."""

from typing import final

from jaxtyping import Float
from torch import Tensor

from saccade.gates.hard import Choice
from saccade.gates.perceptron import perceptron
from saccade.gates.pooled import Pooled


@final
class Channel(Pooled):
    r"""Weigh each channel by a network of two layers over the means of all channels.

    $M = \sigma(W_2\,\text{ReLU}(W_1 \bar x)), \quad \bar x_c = \frac{1}{HW} \sum_{ij} x_{cij}$

    $2C\max(\lfloor C/r \rfloor, 4)$ parameters.

    Args:
        channels: How many channels the features have.
        reduction: How many times fewer hidden units than channels ($r$); at least 4 are kept.
        hard: Whether the map is of zeros and ones; adds a bias for each channel to $W_2$, to set how many it keeps.
        keep: The fraction of channels that a hard map aims at.

    Raises:
        OptionError: A size below 1, a `keep` that is no fraction.

    Example:
        >>> import torch
        >>> gate = Channel(32, reduction=8)
        >>> gate(torch.zeros(2, 32, 5, 7)).shape, gate.map(torch.zeros(2, 32, 5, 7)).shape
        (torch.Size([2, 32, 5, 7]), torch.Size([2, 32, 1, 1]))

    Source:
        Hu, Shen, Sun 2018, arXiv:1709.01507, section 3, equations 2 to 4.

    Differs:
        With few channels the paper's rule leaves one hidden unit or none, and a gate that is 0.5 for all: here 4 are
        kept.
    """

    def __init__(self, channels: int, *, reduction: int = 16, hard: bool = False, keep: float = 0.3) -> None:
        super().__init__(channels)
        self.perceptron = perceptron(channels, reduction, bias=hard)
        self.choose = Choice(hard, keep)

    def excite(self, means: Float[Tensor, "batch channel"]) -> Float[Tensor, "batch channel"]:
        """Look from channel to channel."""
        return self.choose(self.perceptron(means))
