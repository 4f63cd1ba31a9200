"""Spatial gate: where in the image."""

from typing import ClassVar, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.checks import check_odd
from saccade.gates.gate import Gate
from saccade.gates.hard import Choice


@final
class Spatial(Gate):
    r"""Weigh each place by a convolution over the mean and the largest of its channels.

    $M = \sigma(w * [\text{mean}_c\,x; \max_c x] + b)$

    $2k^2 + 1$ parameters.

    Args:
        channels: How many channels the features have; any number will do.
        kernel_size: Height and width of the convolution ($k$), odd.
        hard: Whether the map is of zeros and ones.
        keep: The fraction of places that a hard map aims at.

    Raises:
        OptionError: A number of channels below 1, an even `kernel_size`, a `keep` that is no fraction.

    Example:
        >>> gate = Spatial(3)
        >>> gate.map(torch.zeros(2, 3, 5, 7)).shape
        torch.Size([2, 1, 5, 7])

    Source:
        Woo et al. 2018, arXiv:1807.06521, section 3, equation 3.

    Differs:
        As in the paper: the authors' code has a batch normalisation after the convolution, in place of the bias.
    """

    axes: ClassVar[tuple[str, ...]] = ("height", "width")

    def __init__(self, channels: int, *, kernel_size: int = 7, hard: bool = False, keep: float = 0.3) -> None:
        super().__init__(channels)
        check_odd(kernel_size=kernel_size)
        self.convolution = nn.Conv2d(2, 1, kernel_size, padding=kernel_size // 2)
        self.choose = Choice(hard, keep)

    def map(self, source: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch 1 height width"]:
        """Look at each place and those around it."""
        summary = torch.cat([source.mean(1, keepdim=True), source.amax(1, keepdim=True)], 1)
        return self.choose(self.convolution(summary))
