"""The promise of an encoder that halves its image again and again: the items of its memory are the cells of a grid."""

from abc import ABC

from jaxtyping import Float
from torch import Tensor, nn

from saccade.encoders.box import Box, tiles
from saccade.encoders.encoded import Encoded
from saccade.encoders.image_encoder import ImageEncoder, channels_last, halved


class Convolutional(ImageEncoder, ABC):
    """Read images by a stem, stages and what comes last; each cell of the last grid is a key and a value.

    Args:
        channels: Of the images: 3 for colours, 1 for grey.
        d_memory: Width of an item of the memory.
        least_size: Height and width below which an image is refused, in pixels.
        halvings: How often the stem and the stages halve an image.
    """

    stem: nn.Module
    stages: nn.Module
    last: nn.Module

    def __init__(self, channels: int, d_memory: int, least_size: int, halvings: int) -> None:
        super().__init__(channels, d_memory, least_size)
        self.halvings = halvings

    def grid_size(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the memory of an image of this size."""
        return halved(height, self.halvings), halved(width, self.halvings)

    def boxes(self, height: int, width: int) -> tuple[Box, ...]:
        """Where the items of the memory lie in an image of this size, row by row."""
        return tiles(*self.grid_size(height, width), height, width)

    def forward(self, images: Float[Tensor, "batch channel height width"]) -> Encoded:
        """Read a batch of images that are normalised.

        Raises:
            DataError: They have other channels, or are too small.
        """
        self.check(images)
        features = self.last(self.stages(self.stem(channels_last(images))))
        return Encoded(self._as_memory(features, *images.shape[2:]), ())
