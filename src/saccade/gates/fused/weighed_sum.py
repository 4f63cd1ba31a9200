"""Sums of weighed features, in as few passes over memory as PyTorch allows."""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor


def add_weighed(
    summand: Float[Tensor, "batch channel #height #width"],
    features: Float[Tensor, "batch channel height width"],
    factor: Float[Tensor, "batch #channel #height #width"],
) -> Float[Tensor, "batch channel height width"]:
    """Make `summand + features * factor`, in the number format of the product.

    Args:
        summand: What is added to.
        features: What is weighed.
        factor: By how much.
    """
    # One pass; but in half precision PyTorch makes it number by number, several times as slowly as two passes.
    if features.dtype in (torch.float32, torch.float64):
        return torch.addcmul(summand, features, factor)
    return torch.mul(features, factor).add_(summand)


def weighed_sum(
    parts: Iterable[Float[Tensor, "batch channel height width"]],
    map_: Float[Tensor, "batch scale #channel #height #width"],
    shortcut: Float[Tensor, "batch channel height width"] | None = None,
) -> Float[Tensor, "batch channel height width"]:
    """Weigh the features of each scale, sum them up, and add a shortcut, if there is one."""
    weighed = zip(parts, map_.unbind(1), strict=True)
    if shortcut is None:
        part, factor = next(weighed)
        total = part * factor
    else:
        total = shortcut
    for part, factor in weighed:
        total = add_weighed(total, part, factor)
    return total
