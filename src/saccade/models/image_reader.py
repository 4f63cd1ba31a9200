"""What a decoder needs of an image: a memory to look at, and states to start from."""

from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor, nn

from saccade.encoders import Encoded, ImageEncoder
from saccade.encoders.box import Box
from saccade.encoders.columns import Columns, column_boxes
from saccade.encoders.recurrent_memory import RecurrentMemory
from saccade.models.normalised import check_channels, normalised
from saccade.models.pooling import Mean


@final
class ImageReader(nn.Module):
    """Read images: a grid, perhaps its columns alone, perhaps with a recurrent network over these.

    A decoder starts from the final states of the recurrent network; without one, each of its layers from the mean of
    the grid (or of the columns).

    Args:
        grid: Reads the images.
        mean: Of each channel over the training images, from 0 to 1: what normalising subtracts.
        std: Of each channel over the training images, from 0 to 1: what normalising divides by.
        columns: Joins what stands one above the other; None: each cell of the grid is an item.
        recurrent: Reads the items one after the other.
        depth: How many layers of a decoder start from the mean.

    Raises:
        OptionError: Not a mean and a positive std for each channel.

    Source:
        The start from the mean: Xu et al. 2015, arXiv:1502.03044, section 3.1.2.
    """

    def __init__(
        self,
        grid: ImageEncoder,
        *,
        mean: Sequence[float],
        std: Sequence[float],
        columns: Columns | None = None,
        recurrent: RecurrentMemory | None = None,
        depth: int = 1,
    ) -> None:
        super().__init__()
        check_channels(grid.channels, mean, std)
        self.grid, self.columns, self.recurrent, self.depth = grid, columns, recurrent, depth
        self.mean, self.std = nn.Buffer(torch.tensor(mean)), nn.Buffer(torch.tensor(std))
        self.pool = Mean(grid.d_memory)

    def forward(
        self,
        images: UInt8[Tensor, "batch channel height width"] | Float[Tensor, "batch channel height width"],
        mask: Bool[Tensor, "batch key"] | None = None,
    ) -> Encoded:
        """Read a batch of images.

        Args:
            images: From 0 to 255, or, of floating point, from 0 to 1.
            mask: None: all of an image may be looked at.

        Raises:
            DataError: They have other channels, or are too small.
        """
        self.grid.check(images)
        memory = self.grid(normalised(images, self.mean, self.std)).memory
        if self.columns is not None:
            memory = self.columns(memory)
        if self.recurrent is not None:
            return self.recurrent(memory)
        return Encoded(memory, ((self.pool(Encoded(memory, ())),),) * self.depth)

    def boxes(self, height: int, width: int) -> tuple[Box, ...]:
        """Where the items of the memory lie in an image of this size."""
        boxes = self.grid.boxes(height, width)
        return boxes if self.columns is None else column_boxes(boxes, self.columns.rows)
