"""The promise of an image encoder: from images to a Memory whose items are boxes."""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention import Memory
from saccade.encoders.box import Box
from saccade.encoders.encoded import Encoded
from saccade.errors import DataError


class ImageEncoder(nn.Module, ABC):
    """Read images of any size from a least one on.

    Args:
        channels: Of the images: 3 for colours, 1 for grey.
        d_memory: Width of an item of the memory.
        least_size: Height and width below which an image is refused, in pixels.
    """

    def __init__(self, channels: int, d_memory: int, least_size: int) -> None:
        super().__init__()
        self.channels, self.d_memory, self.least_size = channels, d_memory, least_size

    @abstractmethod
    def grid_size(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the memory of an image of this size."""

    @abstractmethod
    def boxes(self, height: int, width: int) -> tuple[Box, ...]:
        """Where the items of the memory lie in an image of this size, row by row."""

    @abstractmethod
    def forward(self, images: Float[Tensor, "batch channel height width"]) -> Encoded:
        """Read a batch of images that are normalised.

        Raises:
            DataError: They have other channels, or are too small.
        """

    def check(self, images: Tensor) -> None:
        """Refuse images that the network cannot read.

        Raises:
            DataError: They have other channels, or are too small.
        """
        if images.dim() != 4 or images.shape[1] != self.channels:
            raise DataError(
                f"`images` must have shape (batch, channel, height, width) with channel = {self.channels}, but has "
                f"{tuple(images.shape)}. Read them with as many channels, or build the network for theirs."
            )
        self.check_size(*images.shape[2:])

    def check_size(self, height: int, width: int) -> None:
        """Refuse a size that is too small.

        Raises:
            DataError: Says the least size.
        """
        if min(height, width) < self.least_size:
            raise DataError(
                f"An image is {height} pixels high and {width} wide; this network reads none below {self.least_size}×"
                f"{self.least_size}. Enlarge the images, or take a network that shrinks them less."
            )

    def _as_memory(self, features: Float[Tensor, "batch d_memory row column"], height: int, width: int) -> Memory:
        """Look at a grid of features as a memory: nothing is copied."""
        items = features.permute(0, 2, 3, 1).flatten(1, 2)
        return Memory(items, items, None, self.boxes(height, width))


def halved(size: int, times: int) -> int:
    """How many places are left after convolutions or poolings of stride 2, which round up.

    Example:
        >>> halved(33, times=2)
        9
    """
    return -(-size // 2**times)


def least_halved(times: int) -> int:
    """The least size at which each halving still has two places to choose from.

    Example:
        >>> least_halved(5)
        17
    """
    return 2 ** (times - 1) + 1


def channels_last(images: Tensor) -> Tensor:
    """Lay the channels of each place side by side, as convolutions want them; nothing is done where they lie so."""
    return images.contiguous(memory_format=torch.channels_last)
