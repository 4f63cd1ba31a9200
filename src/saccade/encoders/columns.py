"""A grid of an image with one item for each of its columns, as a line of text is read."""

from typing import Literal, final, get_args

from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention import Memory
from saccade.checks import check_known, check_positive
from saccade.encoders.box import Box

How = Literal["max", "mean", "stack"]


@final
class Columns(nn.Module):
    """Join what stands one above the other in a grid: each column is a key and a value.

    Args:
        how: `mean` or `max` over the rows, or `stack`, which puts them side by side and so keeps what is above and what
            below.
        d_item: Width of an item of the grid.
        rows: Of the grid.

    Raises:
        OptionError: A way that there is not, or a number below 1.

    Example:
        >>> import torch
        >>> from saccade.encoders.box import tiles
        >>> items = torch.arange(12.0).reshape(1, 6, 2)
        >>> grid = Memory(items, items, None, tiles(rows=2, columns=3, height=4, width=6))
        >>> columns = Columns("stack", d_item=2, rows=2)(grid)
        >>> columns.values[0, 0], columns.items[0]
        (tensor([0., 1., 6., 7.]), Box(left=0.0, top=0.0, right=2.0, bottom=4.0))
    """

    def __init__(self, how: How, *, d_item: int, rows: int) -> None:
        super().__init__()
        check_known("columns", how, get_args(How))
        check_positive(d_item=d_item, rows=rows)
        self.how, self.rows = how, rows
        self.d_memory = rows * d_item if how == "stack" else d_item

    def forward(self, grid: Memory) -> Memory:
        """Join the items of a grid, which come row by row, and of which none is masked."""
        items = self._joined(grid.values.unflatten(1, (self.rows, -1)))
        boxes = grid.items
        assert boxes is not None
        return Memory(items, items, None, column_boxes(boxes, self.rows))  # pyright: ignore[reportArgumentType]

    def _joined(self, items: Float[Tensor, "batch row column d_item"]) -> Float[Tensor, "batch column d_column"]:
        if self.how == "mean":
            return items.mean(dim=1)
        if self.how == "max":
            return items.amax(dim=1)
        return items.transpose(1, 2).flatten(2)


def column_boxes(boxes: tuple[Box, ...], rows: int) -> tuple[Box, ...]:
    """The boxes of whole columns, from those of a grid's cells, row by row."""
    columns = len(boxes) // rows
    tops, bottoms = boxes[:columns], boxes[-columns:]
    return tuple(top._replace(bottom=bottom.bottom) for top, bottom in zip(tops, bottoms, strict=True))
