"""Maps over an image: the cells that keys stand for, the mean over channels, and the weights spread over pixels."""

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate
from torch.testing import assert_close

from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, Box, flat, over_image, placed, spread
from saccade.maps.image_map import even_places, is_grid, numbered

ROWS, COLUMNS, CHANNELS, HEADS = 2, 3, 5, 7


def same(one: np.ndarray, other: np.ndarray) -> None:
    # Copies: torch warns of arrays that are read-only.
    assert_close(np.array(one), np.array(other))


def seen_of(weights: np.ndarray, *names: str) -> AttentionMap:
    axes = tuple(numbered(name, size) for name, size in zip(names, weights.shape, strict=True))
    return AttentionMap(weights, axes, "layer")


def tiles(rows: int, columns: int, height: float, width: float) -> list[Box]:
    return [
        (width * c / columns, height * r / rows, width * (c + 1) / columns, height * (r + 1) / rows)
        for r in range(rows)
        for c in range(columns)
    ]


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).random(shape, dtype=np.float32)


@pytest.mark.parametrize(("rows", "columns", "height", "width"), [(2, 3, 11, 13), (5, 7, 33, 31), (1, 1, 3, 2)])
def test_spread_evenly_is_bilinear_as_torch_has_it(rows: int, columns: int, height: int, width: int) -> None:
    weights = drawn(rows, columns)
    ours = over_image(seen_of(weights, "height", "width"), height, width)
    theirs = interpolate(torch.from_numpy(weights)[None, None], (height, width), mode="bilinear", align_corners=False)
    same(ours, theirs[0, 0].numpy())


def test_overlapping_cells_share_a_pixel() -> None:
    places = ((0.0, 4.0), (2.0, 6.0))
    expected = [[1, 0], [1, 0], [0.5, 0.5], [0.5, 0.5], [0, 1], [0, 1]]
    assert spread(places, 6, smooth=False).tolist() == expected


def test_a_cell_may_reach_beyond_the_image() -> None:
    assert spread(((0.0, 4.0), (4.0, 8.0)), 5, smooth=False).tolist() == [[1, 0]] * 4 + [[0, 1]]
    same(spread(((0.0, 4.0), (4.0, 8.0)), 5).sum(axis=1), np.ones(5))


def test_keys_become_rows_and_columns() -> None:
    weights = drawn(HEADS, 1, ROWS * COLUMNS)
    over = placed(seen_of(weights, "head", "query", "key"), 10, 15, tiles(ROWS, COLUMNS, 10, 15))
    assert [axis.name for axis in over.axes] == ["head", "height", "width"]
    assert over.axes[1].places == ((0, 5), (5, 10))
    assert over.axes[2].places == ((0, 5), (5, 10), (10, 15))
    same(over.weights, weights.reshape(HEADS, ROWS, COLUMNS))


def test_the_class_token_looks_for_all() -> None:
    weights = drawn(HEADS, 7, 7)
    over = placed(seen_of(weights, "head", "query", "key"), 10, 15, tiles(ROWS, COLUMNS, 10, 15))
    same(over.weights, weights[:, 0, 1:].reshape(HEADS, ROWS, COLUMNS))


def test_without_a_class_token_all_patches_look_but_padding() -> None:
    weights = drawn(HEADS, 6, 6)
    # The third column of cells begins where the image ends.
    over = placed(seen_of(weights, "head", "query", "key"), 10, 10, tiles(ROWS, COLUMNS, 10, 15))
    same(over.weights, weights[:, [0, 1, 3, 4]].mean(1).reshape(HEADS, ROWS, COLUMNS))


def test_a_gate_covers_the_image_and_a_channel_map_does_not() -> None:
    over = placed(seen_of(drawn(CHANNELS, ROWS, COLUMNS), "channel", "height", "width"), 10, 15)
    assert over.axes[0].places is None
    assert over.axes[2].places == even_places(COLUMNS, 15)
    channel = seen_of(drawn(CHANNELS), "channel")
    assert placed(channel, 10, 15, tiles(1, CHANNELS, 10, 15)) is channel
    assert not is_grid(channel)


@pytest.mark.parametrize("number", [4, 8])
def test_boxes_of_another_memory_are_refused(number: int) -> None:
    with pytest.raises(DataError, match=f"looked at 6 keys, but there are {number} boxes"):
        placed(seen_of(drawn(1, 6), "query", "key"), 10, 10, tiles(2, number // 2, 10, 10))


def test_boxes_must_make_a_grid() -> None:
    boxes = tiles(ROWS, COLUMNS, 10, 15)
    with pytest.raises(DataError, match="must make a grid, row by row"):
        placed(seen_of(drawn(1, 6), "query", "key"), 10, 15, boxes[::-1][:1] + boxes[1:])


def test_one_channel_or_the_mean_of_all() -> None:
    weights = drawn(CHANNELS, ROWS, COLUMNS)
    seen = seen_of(weights, "channel", "height", "width")
    same(flat(seen).weights, weights.mean(0))
    same(flat(seen, channel=3).weights, weights[3])


def test_examples_are_kept() -> None:
    weights = drawn(11, CHANNELS, ROWS, COLUMNS)
    seen = flat(seen_of(weights, "example", "channel", "height", "width"), channel=2)
    same(seen.weights, weights[:, 2])
    assert over_image(seen, 4, 6).shape == (11, 4, 6)


def test_what_cannot_be_chosen() -> None:
    seen = seen_of(drawn(CHANNELS, ROWS, COLUMNS), "channel", "height", "width")
    with pytest.raises(OptionError, match=r"`chanel` is no axis of `layer` to choose from\. Did you mean `channel`"):
        flat(seen, chanel=1)
    with pytest.raises(OptionError, match="`channel` of `layer` must be 0 to 4, but is 5"):
        flat(seen, channel=5)
    with pytest.raises(OptionError, match="It has rows and columns only"):
        flat(seen_of(drawn(ROWS, COLUMNS), "height", "width"), channel=0)
    with pytest.raises(DataError, match=r"its axes are channel\. Show it as bars"):
        flat(seen_of(drawn(CHANNELS), "channel"))
