"""The promise of a gate whose map depends on nothing but the mean of each channel."""

from abc import ABC, abstractmethod
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.gates.clamp import held
from saccade.gates.fused.channel_means import channel_means
from saccade.gates.fused.weigh_by_mean import weigh_by_mean
from saccade.gates.gate import Gate
from saccade.recording import is_recording


class Pooled(Gate, ABC):
    r"""Weigh each channel by what a small network makes of the means of all channels.

    $M = f(\bar x), \quad \bar x_c = \frac{1}{HW} \sum_{ij} x_{cij}$

    What is costly in such a gate is not the network but the passes over the features, so learning goes through
    `fused.weigh_by_mean`, which makes fewer.
    """

    axes: ClassVar[tuple[str, ...]] = ("channel",)

    @abstractmethod
    def excite(self, means: Float[Tensor, "batch channel"]) -> Float[Tensor, "batch channel"]:
        """Make the map from the means."""

    def map(self, source: Float[Tensor, "batch channel height width"]) -> Float[Tensor, "batch channel 1 1"]:
        """Pool, and make the map."""
        return self.excite(channel_means(source))[:, :, None, None].to(source.dtype)

    def forward(
        self,
        features: Float[Tensor, "batch channel height width"],
        source: Float[Tensor, "batch channel height width"] | None = None,
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh the features, or by another source if there is one."""
        if source is None and self._fusible(features):
            return weigh_by_mean(features, None, self.excite)
        return super().forward(features, source)

    def add(
        self,
        features: Float[Tensor, "batch channel height width"],
        shortcut: Float[Tensor, "batch channel height width"],
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh the features and add a shortcut."""
        if self._fusible(features) and shortcut.shape == features.shape and shortcut.dtype == features.dtype:
            return weigh_by_mean(features, shortcut, self.excite)
        return super().add(features, shortcut)

    def _fusible(self, features: Tensor) -> bool:
        # A compiler fuses by itself; without a gradient the plain path has no pass too many; a listener may want the
        # gradient of the map, so it gets the one that lies in the graph; a map that is held is made of no means.
        return (
            torch.is_grad_enabled() and not torch.compiler.is_compiling() and not is_recording() and held(self) is None
        )
