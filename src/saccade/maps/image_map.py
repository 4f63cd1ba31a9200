"""Maps over an image: which pixels each weight stands for, and the map spread over them."""

from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float

from saccade.errors import DataError, OptionError, did_you_mean
from saccade.maps.alignment import AttentionMap, Axis, Place

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, in pixels; the first pixel reaches from 0 to 1."""

GRID = ("height", "width")
EXAMPLE = "example"


def numbered(name: str, items: int, places: tuple[Place, ...] | None = None) -> Axis:
    """An axis whose items have no other name than their number, from 0."""
    return Axis(name, tuple(str(number) for number in range(items)), places=places)


def is_grid(seen: AttentionMap) -> bool:
    """Whether a map has rows and columns of the image: it can be laid over it."""
    return tuple(axis.name for axis in seen.axes[-2:]) == GRID


def even_places(cells: int, pixels: int) -> tuple[Place, ...]:
    """Where cells of equal size lie along a side.

    Example:
        >>> even_places(2, 5)
        ((0.0, 2.5), (2.5, 5.0))
    """
    return tuple((pixels * cell / cells, pixels * (cell + 1) / cells) for cell in range(cells))


def placed(seen: AttentionMap, height: int, width: int, boxes: Sequence[Box] = ()) -> AttentionMap:
    """Say where in the image a map's weights lie.

    A map that has the axes height and width already is taken to cover the image evenly. One of (query, key), with
    heads or without, whose keys are the cells of a grid, gets height and width for them. What looked is then the
    class token, if there is one before the cells; else every query that lies in the image, on average.

    Args:
        seen: Any map.
        height: Of the image, in pixels.
        width: The same.
        boxes: Where each key lies, row by row, as the memory's items say.

    Returns:
        The map with places; as it was, if it says nothing of places.

    Raises:
        DataError: The boxes are not those of the keys, or no grid.

    Example:
        >>> pooling = AttentionMap(np.full((1, 2), 0.5), (numbered("query", 1), numbered("key", 2)))
        >>> over = placed(pooling, 4, 8, [(0.0, 0.0, 4.0, 4.0), (4.0, 0.0, 8.0, 4.0)])
        >>> [axis.name for axis in over.axes], over.axes[1].places
        (['height', 'width'], ((0.0, 4.0), (4.0, 8.0)))
    """
    if is_grid(seen):
        sides = zip(seen.axes[-2:], (height, width), strict=True)
        axes = (axis._replace(places=even_places(len(axis.labels), side)) for axis, side in sides)
        return AttentionMap(seen.weights, (*seen.axes[:-2], *axes), seen.layer, seen.range)
    if seen.axes[-1].name != "key" or not boxes:
        return seen
    rows, columns = _grid_of(boxes)
    weights = _looked(seen, boxes, height, width).reshape(*seen.weights.shape[:-2], len(rows), len(columns))
    sides = (numbered("height", len(rows), rows), numbered("width", len(columns), columns))
    return AttentionMap(weights, (*seen.axes[:-2], *sides), seen.layer, seen.range)


def flat(seen: AttentionMap, **chosen: int) -> AttentionMap:
    """Leave nothing but rows and columns: of a chosen channel, scale or head, or else the mean over them.

    Args:
        seen: A map whose last axes are height and width; a first axis of examples is kept.
        chosen: Number of the item to take along an axis, by the axis' name.

    Raises:
        DataError: The map has no rows and columns of the image.
        OptionError: There is no such axis, or no such item.

    Example:
        >>> axes = (numbered("channel", 2), numbered("height", 1), numbered("width", 2))
        >>> gate = AttentionMap(np.array([[[0.0, 0.5]], [[1.0, 0.5]]]), axes)
        >>> flat(gate).weights.tolist(), flat(gate, channel=1).weights.tolist()
        ([[0.5, 0.5]], [[1.0, 0.5]])
    """
    if not is_grid(seen):
        names = ", ".join(axis.name for axis in seen.axes)
        raise DataError(f"`{seen.layer}` cannot be laid over an image: its axes are {names}. Show it as bars.")
    return averaged(seen, (EXAMPLE, *GRID), **chosen)


def averaged(seen: AttentionMap, kept: Sequence[str], **chosen: int) -> AttentionMap:
    """Take one item of the axes that are chosen, the mean over the others, but for those to be kept."""
    between = {axis.name: len(axis.labels) for axis in seen.axes if axis.name not in kept}
    for name, number in chosen.items():
        _check_choice(seen.layer, between, name, number)
    weights = seen.weights
    for place, axis in reversed(list(enumerate(seen.axes))):
        if axis.name in chosen:
            weights = weights.take(chosen[axis.name], axis=place)
        elif axis.name in between:
            weights = weights.mean(axis=place)
    axes = tuple(axis for axis in seen.axes if axis.name in kept)
    return AttentionMap(weights, axes, seen.layer, seen.range)


def spread(places: Sequence[Place], pixels: int, *, smooth: bool = True) -> Float[np.ndarray, "pixel cell"]:
    """How much of each cell's weight a pixel shows, along one side; each row sums to 1.

    Args:
        places: Where the cells lie. They may overlap, or reach beyond the image.
        pixels: Length of the side.
        smooth: Linear between the middles of the cells; else a pixel shows its cell, the mean of them if they overlap.

    Example:
        >>> spread(even_places(2, 4), 4).tolist()
        [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
        >>> spread(even_places(2, 4), 4, smooth=False).tolist()
        [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    """
    starts, ends = np.asarray(places, dtype=np.float64).reshape(-1, 2).T
    at = np.arange(pixels) + 0.5
    if smooth:
        middles = (starts + ends) / 2
        return np.stack([np.interp(at, middles, unit) for unit in np.eye(len(middles))], axis=1)
    inside = (starts <= at[:, None]) & (at[:, None] < ends)
    return inside / np.maximum(inside.sum(axis=1, keepdims=True), 1)


def over_image(
    seen: AttentionMap, height: int, width: int, *, smooth: bool = True
) -> Float[np.ndarray, "*example height width"]:
    """Resize a map of rows and columns to the image.

    Args:
        seen: What `flat` gave of a placed map.
        height: Of the image, in pixels.
        width: The same.
        smooth: Bilinear; else cell by cell, which shows what the network saw.

    Example:
        >>> seen = placed(AttentionMap(np.eye(2), (numbered("height", 2), numbered("width", 2))), 2, 4)
        >>> over_image(seen, 2, 4, smooth=False).tolist()
        [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]]
    """
    rows, columns = (
        spread(axis.places or even_places(len(axis.labels), side), side, smooth=smooth)
        for axis, side in zip(seen.axes[-2:], (height, width), strict=True)
    )
    return (rows @ seen.weights @ columns.T).astype(np.float32)


def _check_choice(layer: str, between: dict[str, int], name: str, number: int) -> None:
    if name not in between:
        allowed = did_you_mean(name, between) if between else "It has rows and columns only."
        raise OptionError(f"`{name}` is no axis of `{layer}` to choose from. {allowed}")
    if not 0 <= number < between[name]:
        raise OptionError(f"`{name}` of `{layer}` must be 0 to {between[name] - 1}, but is {number}.")


def _grid_of(boxes: Sequence[Box]) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Rows and columns of boxes that make a grid, row by row."""
    rows = tuple(dict.fromkeys((float(top), float(bottom)) for _, top, _, bottom in boxes))
    columns = tuple(dict.fromkeys((float(left), float(right)) for left, _, right, _ in boxes))
    grid = [(left, top, right, bottom) for top, bottom in rows for left, right in columns]
    if [tuple(map(float, box)) for box in boxes] != grid:
        raise DataError(
            f"The boxes of an image's cells must make a grid, row by row, but these {len(boxes)} boxes have "
            f"{len(rows)} different rows and {len(columns)} columns. Give the memory's own items."
        )
    return rows, columns


def _looked(seen: AttentionMap, boxes: Sequence[Box], height: int, width: int) -> np.ndarray:
    """Weights of the cells: what the class token gave them, or all queries on average."""
    queries, keys = seen.weights.shape[-2:]
    before = keys - len(boxes)
    if before not in (0, 1):
        raise DataError(
            f"`{seen.layer}` looked at {keys} keys, but there are {len(boxes)} boxes. "
            "Give the boxes of the memory that it looked at (a class token before them has none)."
        )
    if before and queries == keys:
        return seen.weights[..., 0, 1:]
    looking = list(_inside(boxes, height, width)) if queries == len(boxes) else list(range(queries))
    return seen.weights[..., looking, before:].mean(axis=-2)


def _inside(boxes: Sequence[Box], height: int, width: int) -> Iterator[int]:
    """Which of the boxes show something of the image; the others are padding."""
    for number, (left, top, right, bottom) in enumerate(boxes):
        if left < width and top < height and right > 0 and bottom > 0:
            yield number
