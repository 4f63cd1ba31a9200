"""An image as a set of patches that look at each other."""

from collections.abc import Sequence
from typing import Literal, final, get_args

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from saccade.attention import Memory
from saccade.checks import check_dropout, check_known, check_positive
from saccade.encoders.box import Box, windows
from saccade.encoders.encoded import Encoded
from saccade.encoders.image_encoder import ImageEncoder
from saccade.encoders.positions import sines
from saccade.encoders.self_attention import SelfAttentionLayers
from saccade.errors import OptionError

Positions = Literal["learnt", "sine"]


@final
class Patches(ImageEncoder):
    r"""Cut images into patches, and let them look at each other; each is a key and a value.

    $z_0 = [x_1 E; x_2 E; …] + P$, then layers of self-attention

    An image that the patches don't share evenly is continued to the right and at the bottom by zeros. These weigh
    nothing in $x E$, and every patch holds a part of the image, so no patch needs to be masked.

    Args:
        channels: Of the images.
        patch: Height and width of a patch, in pixels.
        stride: From patch to patch, in pixels; below `patch`, they overlap. None: as large as `patch`.
        d_model: Width of an item.
        heads: How many looks at once.
        layers: How often the patches look at each other.
        positions: `learnt`: a vector for each place of the grid at `size`, interpolated at other sizes; `sine`: fixed,
            half of the width for the row and half for the column.
        size: Height and width of the images that positions are learnt for; one number for both.
        class_token: Whether one more item looks along, which is at no place. It is no item of the memory, but the
            encoder's state.
        dropout: Share of what each layer adds, and of the patches at first, that is dropped in training.

    Raises:
        OptionError: A number below 1, a stride that leaves pixels out, a width that heads or sines cannot share.

    Example:
        >>> encoder = Patches(patch=4, stride=3, d_model=8, heads=2, layers=1, class_token=True)
        >>> encoded = encoder(torch.zeros(2, 3, 33, 31))
        >>> encoder.grid_size(33, 31), encoded.memory.values.shape, encoded.states[-1][0].shape
        ((11, 10), torch.Size([2, 110, 8]), torch.Size([2, 8]))

    Source:
        Dosovitskiy et al. 2021, arXiv:2010.11929, section 3.1; sines in two directions: Parmar et al. 2018,
        arXiv:1802.05751, section 3.2.

    Differs:
        The class token has no position of its own: it would be one learnt vector added to another. Patches may overlap.
        With the defaults, at 32×32: 1.2 M parameters and 80 M multiply-adds.
    """

    def __init__(
        self,
        channels: int = 3,
        *,
        patch: int = 4,
        stride: int | None = None,
        d_model: int = 128,
        heads: int = 4,
        layers: int = 6,
        positions: Positions = "learnt",
        size: int | Sequence[int] = 32,
        class_token: bool = False,
        dropout: float = 0.0,
    ) -> None:
        stride = patch if stride is None else stride
        _check(patch, stride, d_model, positions)
        check_positive(channels=channels)
        check_dropout(dropout=dropout)
        super().__init__(channels, d_model, least_size=patch)
        self.patch, self.stride = patch, stride
        self.project = nn.Conv2d(channels, d_model, patch, self.stride)
        nn.init.xavier_uniform_(self.project.weight.detach().flatten(1))
        height, width = (size, size) if isinstance(size, int) else size
        self.grid = self.grid_size(height, width)
        self.positions = _learnt(self.grid[0] * self.grid[1], d_model) if positions == "learnt" else None
        self.class_token = _learnt(1, d_model) if class_token else None
        self.dropout = nn.Dropout(dropout)
        self.look = SelfAttentionLayers(d_model, heads, layers, dropout)

    def grid_size(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the patches of an image of this size."""
        return self._count(height), self._count(width)

    def boxes(self, height: int, width: int) -> tuple[Box, ...]:
        """Where the patches lie in an image of this size, row by row."""
        rows, columns = self.grid_size(height, width)
        return windows(rows, columns, height, width, side=self.patch, stride=self.stride)

    def forward(self, images: Float[Tensor, "batch channel height width"]) -> Encoded:
        """Read a batch of images that are normalised.

        Raises:
            DataError: They have other channels, or are too small.
        """
        self.check(images)
        height, width = images.shape[2:]
        rows, columns = self.grid_size(height, width)
        reach = [self.stride * (count - 1) + self.patch for count in (rows, columns)]
        patches = self.project(F.pad(images, (0, reach[1] - width, 0, reach[0] - height)))
        items = patches.flatten(2).transpose(1, 2) + self._positions(rows, columns, patches)
        boxes = self.boxes(height, width)
        if self.class_token is None:
            items = self.look(self.dropout(items))
            return Encoded(Memory(items, items, None, boxes), ())
        token = self.class_token.expand(len(items), 1, -1).to(items.dtype)
        items = self.look(self.dropout(torch.cat([token, items], dim=1)))
        patches = items[:, 1:]
        return Encoded(Memory(patches, patches, None, boxes), ((items[:, 0],),))

    def _count(self, length: int) -> int:
        """How many patches it takes until no pixel is left out."""
        return 1 + max(0, -(-(length - self.patch) // self.stride))

    def _positions(self, rows: int, columns: int, like: Tensor) -> Float[Tensor, "item d_model"]:
        if self.positions is None:
            return _sines(rows, columns, self.d_memory, like.device)
        if (rows, columns) == self.grid:
            return self.positions
        grid = self.positions.unflatten(0, self.grid).permute(2, 0, 1)[None]
        return F.interpolate(grid, (rows, columns), mode="bicubic")[0].flatten(1).T


def _learnt(count: int, width: int) -> nn.Parameter:
    return nn.Parameter(nn.init.normal_(torch.empty(count, width), std=0.02))


def _sines(rows: int, columns: int, width: int, device: torch.device) -> Float[Tensor, "item width"]:
    """Sines and cosines of the row, then of the column."""
    down, across = (sines(torch.arange(count, device=device), width // 2) for count in (rows, columns))
    return torch.cat([down[:, None].expand(-1, columns, -1), across[None].expand(rows, -1, -1)], dim=-1).flatten(0, 1)


def _check(patch: int, stride: int, d_model: int, positions: str) -> None:
    check_positive(patch=patch, stride=stride, d_model=d_model)
    if stride > patch:
        raise OptionError(
            f"`stride` must not be larger than `patch`, {patch}, or pixels are left out, but is {stride}. Take {patch}."
        )
    check_known("positions", positions, get_args(Positions))
    if positions == "sine" and d_model % 4:
        raise OptionError(
            f"`d_model` must be a multiple of 4 with `positions: sine`, but is {d_model}. "
            f"Take {d_model + -d_model % 4}, or `positions: learnt`."
        )
