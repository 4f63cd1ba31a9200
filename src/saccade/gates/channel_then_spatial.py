"""Channel-then-spatial gate: first what, then where."""

import math
from typing import ClassVar, final

from jaxtyping import Float
from torch import Tensor

from saccade.gates.clamp import held
from saccade.gates.fused.channel_means import channel_means
from saccade.gates.fused.weighed_sum import add_weighed
from saccade.gates.gate import Gate
from saccade.gates.hard import Choice
from saccade.gates.perceptron import perceptron
from saccade.gates.spatial import Spatial
from saccade.recording import is_recording, show


@final
class ChannelThenSpatial(Gate):
    r"""Weigh each channel, and then each place of the weighted features.

    $M = M_c \odot M_s(M_c \odot x), \quad
    M_c = \sigma(f(\text{mean}_{ij}\,x) + f(\max_{ij} x)), \quad f(a) = W_2\,\text{ReLU}(W_1 a)$

    $M_s$ is that of `Spatial`. $2C\max(\lfloor C/r \rfloor, 4) + 2k^2 + 1$ parameters.

    Args:
        channels: How many channels the features have.
        reduction: How many times fewer hidden units than channels ($r$); at least 4 are kept.
        kernel_size: Height and width of the spatial convolution ($k$), odd.
        hard: Whether the map is of zeros and ones; adds a bias for each channel to $W_2$, to set how many it keeps.
        keep: The fraction of all cells, channels by places, that a hard map aims at: its root for either part.

    Raises:
        OptionError: A size below 1, an even `kernel_size`, a `keep` that is no fraction.

    Example:
        >>> import torch
        >>> gate = ChannelThenSpatial(16, reduction=4)
        >>> gate(torch.zeros(2, 16, 5, 7)).shape, gate.map(torch.zeros(2, 16, 5, 7)).shape
        (torch.Size([2, 16, 5, 7]), torch.Size([2, 16, 5, 7]))

    Source:
        Woo et al. 2018, arXiv:1807.06521, section 3, equations 1 to 3.

    Differs:
        With few channels at least 4 hidden units are kept. The authors' code has biases in both layers, and a batch
        normalisation after the spatial convolution; the paper's equations have neither.
    """

    axes: ClassVar[tuple[str, ...]] = ("channel", "height", "width")

    def __init__(
        self,
        channels: int,
        *,
        reduction: int = 16,
        kernel_size: int = 7,
        hard: bool = False,
        keep: float = 0.3,
    ) -> None:
        super().__init__(channels)
        self.choose = Choice(hard, math.sqrt(keep) if 0 < keep < 1 else keep)
        self.perceptron = perceptron(channels, reduction, bias=hard)
        self.spatial = Spatial(channels, kernel_size=kernel_size, hard=hard, keep=self.choose.keep)

    def map(self, source: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel height width"]:
        """Make both maps, the second from what the first leaves."""
        channel = self.channel_map(source)
        return channel * self.spatial.map(source * channel)

    def forward(
        self,
        features: Float[Tensor, "batch channel height width"],
        source: Float[Tensor, "batch channel height width"] | None = None,
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh the features, or by another source if there is one."""
        if source is not None or held(self) is not None:
            return super().forward(features, source)
        weighed, place = self._in_turn(features)
        return weighed * place

    def add(
        self,
        features: Float[Tensor, "batch channel height width"],
        shortcut: Float[Tensor, "batch channel height width"],
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh the features and add a shortcut."""
        if held(self) is not None:
            return super().add(features, shortcut)
        return add_weighed(shortcut, *self._in_turn(features))

    def _in_turn(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """What the channel map leaves, and the spatial map of that: the whole map is made only to be shown."""
        channel = self.channel_map(features)
        weighed = features * channel
        place = self.spatial.map(weighed)
        if is_recording():
            show(self, channel * place)
        return weighed, place

    def channel_map(self, source: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel 1 1"]:
        """How much each channel counts."""
        numbers = self.perceptron(channel_means(source)) + self.perceptron(source.amax((2, 3)))
        return self.choose(numbers)[:, :, None, None]
