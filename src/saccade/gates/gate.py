"""The promise of a gate: features weigh themselves."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor, nn

from saccade.checks import check_positive
from saccade.errors import DataError
from saccade.gates.clamp import held
from saccade.gates.fused.weighed_sum import add_weighed
from saccade.recording import show


class Gate(nn.Module, ABC):
    r"""Weigh features by a map that is computed from them, or from another source.

    $y = x \odot M(s)$, or, where the gate is residual, $y = x \odot (1 + M(s))$; without a source, $s = x$

    The map broadcasts to the features: an axis that it does not have is 1 long. Whoever records is shown it; within
    `saccade.gates.clamped` another may take its place.

    Args:
        channels: How many channels the features have.

    Raises:
        OptionError: A number of channels below 1.
    """

    axes: ClassVar[tuple[str, ...]]
    """What the map tells apart, in the order of its axes after the batch."""
    range: tuple[float, float] = (0.0, 1.0)
    """Where the map lies, both ends included."""
    residual: bool = False
    """Whether the features are kept and their weighted form is added to them."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        check_positive(channels=channels)
        self.channels = channels

    @abstractmethod
    def map(
        self, source: Float[Tensor, "batch channel height width"]
    ) -> Float[Tensor, "batch #channel #height #width"]:
        """Say how much each channel, or each place, is to count."""

    def forward(
        self,
        features: Float[Tensor, "batch channel height width"],
        source: Float[Tensor, "batch channel height width"] | None = None,
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh the features.

        Args:
            features: What is weighed.
            source: What the map is computed from; None: the features themselves.
        """
        return features * self._factor(features if source is None else source)

    def add(
        self,
        features: Float[Tensor, "batch channel height width"],
        shortcut: Float[Tensor, "batch channel height width"],
    ) -> Float[Tensor, "batch channel height width"]:
        """Weigh the features and add a shortcut: a residual block's end. Some gates make it in fewer passes."""
        return add_weighed(shortcut, features, self._factor(features))

    def _factor(self, source: Tensor) -> Tensor:
        map_ = self._chosen(lambda: self.map(source), len(source))
        show(self, map_)
        return 1 + map_ if self.residual else map_

    def _chosen(self, make: Callable[[], Tensor], examples: int) -> Tensor:
        """The map to weigh by: the gate's own, or the one that it is held to, see `clamped`."""
        given = held(self)
        return make() if given is None else given.expand(examples, *given.shape[1:])


def check_not_alone(gate: Gate, source: Float[Tensor, "batch channel height width"]) -> None:
    """Refuse to learn from a batch of one where one number of each channel is normalised over the batch.

    Raises:
        DataError: The gate learns, and there is one image.
    """
    if gate.training and source.shape[0] == 1:
        raise DataError(
            f"A {type(gate).__name__} gate normalises over the images of a batch, so it learns from at least 2 at a "
            "time, but got 1. Take larger batches, or call `eval()` first."
        )
