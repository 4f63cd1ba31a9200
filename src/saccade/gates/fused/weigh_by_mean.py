r"""Features weighed by a function of their channels' means, $y = x \odot f(\bar x) + s$, in few passes over memory.

The function is of a few thousand numbers, the features of a few million: what costs time is how often they are read
and written. On the way back, autograd alone would spread the gradient of the means to the size of the features, and
then add it to that which comes through the product. Here the product hands its gradient over to the mean, which makes
both as one.
"""

from collections.abc import Callable
from typing import Any, final

from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from saccade.gates.fused.channel_means import channel_means
from saccade.gates.fused.weighed_channels import weighed_channels

Excite = Callable[[Tensor], Tensor]
"""From the means (batch, channel) to the map (batch, channel)."""


def weigh_by_mean(
    features: Float[Tensor, "batch channel height width"],
    shortcut: Float[Tensor, "batch channel height width"] | None,
    excite: Excite,
) -> Float[Tensor, "batch channel height width"]:
    """Weigh each channel by what `excite` makes of the means of all channels, and add a shortcut, if there is one.

    Args:
        features: What is weighed.
        shortcut: What is added, of the same shape and type.
        excite: Makes the map, from the means and its own parameters; not from the features.
    """
    handed = _HandedOver()
    means: Tensor = _Mean.apply(features, handed)  # pyright: ignore[reportAssignmentType]
    return _Weigh.apply(features.detach(), shortcut, excite(means), handed)  # pyright: ignore[reportReturnType]


@final
class _HandedOver:
    """What the way back through the product leaves to that through the mean, which comes after it."""

    grad: Tensor | None = None
    factor: Tensor | None = None

    def take(self) -> tuple[Tensor, Tensor]:
        """Give it, and keep nothing."""
        grad, factor = self.grad, self.factor
        self.grad = self.factor = None
        assert grad is not None
        assert factor is not None
        return grad, factor


@final
class _Mean(Function):
    """The mean of each channel; on the way back, all that the features get, through the product too."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, handed: _HandedOver) -> Tensor:
        ctx.handed, ctx.places = handed, features.shape[2] * features.shape[3]
        return channel_means(features)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_means: Tensor) -> tuple[Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        grad, factor = ctx.handed.take()
        return weighed_channels(grad, factor, of_means / ctx.places), None


@final
class _Weigh(Function):
    """The product, whose features have no way back of their own."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, shortcut: Tensor | None, map_bc: Tensor, handed: _HandedOver) -> Tensor:
        factor = map_bc.to(features.dtype)
        ctx.handed, ctx.dtype = handed, map_bc.dtype
        ctx.save_for_backward(features, factor)
        return weighed_channels(features, factor, shortcut)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        features, factor = ctx.saved_tensors
        ctx.handed.grad, ctx.handed.factor = grad, factor
        of_map = (grad * features).sum((2, 3)).to(ctx.dtype)
        return None, grad if ctx.needs_input_grad[1] else None, of_map, None
