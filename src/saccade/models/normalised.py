"""Images as a network wants them: each channel of mean 0 and deviation 1."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.encoders.image_encoder import channels_last
from saccade.errors import OptionError


def normalised(
    images: Tensor, mean: Float[Tensor, " channel"], std: Float[Tensor, " channel"]
) -> Float[Tensor, "batch channel height width"]:
    """Bring each channel to mean 0 and deviation 1: one pass, from bytes too.

    Args:
        images: From 0 to 255, or, of floating point, from 0 to 1.
        mean: Of each channel, from 0 to 1.
        std: The same.
    """
    scale = (std if images.is_floating_point() else 255 * std).reciprocal()
    return torch.addcmul(_per_channel(-mean / std), channels_last(images), _per_channel(scale))


def check_channels(channels: int, mean: Sequence[float], std: Sequence[float]) -> None:
    """Refuse what images can't be normalised by.

    Raises:
        OptionError: Not a mean and a positive std for each channel.
    """
    for name, numbers in (("mean", mean), ("std", std)):
        if len(numbers) != channels:
            raise OptionError(
                f"`{name}` must have a number for each of the {channels} channels, but is {list(numbers)}. "
                "Give it as many."
            )
    if min(std) <= 0:
        raise OptionError(
            f"`std` must be positive, since normalising divides by it, but is {list(std)}. "
            "Take 1 for a channel that is the same everywhere."
        )


def _per_channel(numbers: Tensor) -> Tensor:
    return numbers[:, None, None]
