r"""Features weighed by a function of their channels' means, $y = x \odot f(\bar x) + s$, in few passes over memory.

The function is of a few thousand numbers, the features of a few million: what costs time is how often they are read
and written. On the way back, autograd alone would spread the gradient of the means to the size of the features, and
then add it to that which comes through the product. Here both are made as one.
"""

from collections.abc import Callable, Sequence
from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from saccade.gates.fused.weighed_channels import weighed_channels

Excite = Callable[[Tensor], Tensor]
"""From the means (batch, channel) to the map (batch, channel)."""


def weigh_by_mean(
    features: Float[Tensor, "batch channel height width"],
    shortcut: Float[Tensor, "batch channel height width"] | None,
    excite: Excite,
    parameters: Sequence[Tensor],
) -> Float[Tensor, "batch channel height width"]:
    """Weigh each channel by what `excite` makes of the means of all channels, and add a shortcut, if there is one.

    Args:
        features: What is weighed.
        shortcut: What is added, of the same shape and type.
        excite: Makes the map.
        parameters: Whatever else it depends on; those that are to be learnt get their gradient.
    """
    learnt = [parameter for parameter in parameters if parameter.requires_grad]
    return _WeighByMean.apply(features, shortcut, excite, *learnt)  # pyright: ignore[reportReturnType]


@final
class _WeighByMean(torch.autograd.Function):
    """Holds on to the small graph from means to map, and goes back through it in the middle of its own backward."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, shortcut: Tensor | None, excite: Excite, *learnt: Tensor) -> Tensor:
        means = features.mean((2, 3)).requires_grad_()
        with torch.enable_grad():
            map_bc = excite(means)
        ctx.small = means, map_bc
        factor = map_bc.detach().to(features.dtype)
        ctx.save_for_backward(features, factor, *learnt)
        return weighed_channels(features, factor, shortcut)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        features, factor, *learnt = ctx.saved_tensors
        means, map_bc = ctx.small
        products = grad * features
        of_map = products.sum((2, 3)).to(map_bc.dtype)
        # Kept, since the graph around it may be gone through once more.
        of_means, *of_learnt = torch.autograd.grad(map_bc, (means, *learnt), of_map, retain_graph=True)
        spread = of_means / (features.shape[2] * features.shape[3])
        of_shortcut = grad if ctx.needs_input_grad[1] else None
        return weighed_channels(grad, factor, spread), of_shortcut, None, *of_learnt
