"""Columns of a grid: what stands one above the other becomes one item."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention import Memory
from saccade.encoders import Columns
from saccade.encoders.box import Box, tiles, windows
from saccade.encoders.columns import column_boxes
from saccade.errors import OptionError

ROWS, COLUMNS, WIDTH = 3, 5, 7


def grid() -> Memory:
    torch.manual_seed(3)
    items = torch.randn(2, ROWS * COLUMNS, WIDTH)
    return Memory(items, items, None, tiles(ROWS, COLUMNS, height=6, width=20))


@pytest.mark.parametrize("how", ["mean", "max", "stack"])
def test_each_column_is_made_of_its_cells_alone(how: str) -> None:
    columns = Columns(how, d_item=WIDTH, rows=ROWS)  # pyright: ignore[reportArgumentType]
    memory = grid()
    joined = columns(memory)
    assert joined.values.shape == (2, COLUMNS, columns.d_memory)
    assert joined.keys is joined.values
    for column in range(COLUMNS):
        cells = torch.stack([memory.values[1, row * COLUMNS + column] for row in range(ROWS)])
        expected = {"mean": cells.mean(0), "max": cells.amax(0), "stack": cells.flatten()}[how]
        assert_close(joined.values[1, column], expected)


def test_boxes_reach_from_top_to_bottom() -> None:
    boxes = Columns("mean", d_item=WIDTH, rows=ROWS)(grid()).items
    assert boxes is not None
    assert boxes[1] == Box(4.0, 0.0, 8.0, 6.0)
    assert len(boxes) == COLUMNS
    overlapping = windows(2, 3, height=5, width=7, side=4, stride=2)
    assert column_boxes(overlapping, 2)[2] == Box(4.0, 0.0, 7.0, 5.0)


def test_options_that_are_not_allowed() -> None:
    with pytest.raises(OptionError, match="`rows` must be at least 1"):
        Columns("mean", d_item=3, rows=0)
