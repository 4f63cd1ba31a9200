"""A look at an image as a block: every map over it, to be chosen layer by layer and channel by channel."""

import base64
import math
from typing import Any, Final

import numpy as np

from saccade.maps import AttentionMap, ImageLook, is_grid
from saccade.maps.image_look import png
from saccade.maps.image_map import GRID, averaged
from saccade.viewer.image_shades import choice_axis, short_names

MOST: Final = 4_000_000
"""Weights of maps over images that one page may hold, a byte each."""


def image_block(look: ImageLook, most: int = MOST) -> dict[str, Any]:
    """What a page shows of a look at an image: the image, its labels, and every map.

    Maps over places are overlays; those of channels or scales are bars. Weights are kept in 256 steps between the
    lowest and the highest of each map.

    Args:
        look: What is shown.
        most: Weights that the block may hold; beyond, only the channels that vary most are kept.

    Example:
        >>> from saccade.maps.image_map import numbered
        >>> gate = AttentionMap(np.eye(2), (numbered("height", 2), numbered("width", 2)), "gate")
        >>> image_block(ImageLook(np.zeros((4, 4, 3), np.uint8), "cat", (("cat", 1.0),), (gate,)))["maps"][0]["shape"]
        [2, 2]
    """
    allowance = most // max(1, len(look.overlays))
    names = short_names([seen.layer for seen in look.maps])
    return {
        "kind": "image",
        "name": look.name,
        "label": look.label,
        "truth": look.truth,
        "size": list(look.image.shape[:2]),
        "png": base64.b64encode(png(look.image)).decode("ascii"),
        "box": None if look.box is None else [round(float(side), 2) for side in look.box],
        "probabilities": [[label, round(float(share), 5)] for label, share in look.probabilities],
        "maps": [
            {"name": name, "layer": seen.layer, **(_grid(seen, allowance) if is_grid(seen) else _bars(seen))}
            for name, seen in zip(names, look.maps, strict=True)
        ],
    }


def _grid(seen: AttentionMap, allowance: int) -> dict[str, Any]:
    """A map over the image: the mean first, then each channel or head that is kept."""
    axis = choice_axis(seen)
    mean = averaged(seen, GRID).weights
    items = mean[:0] if axis is None else averaged(seen, (axis, *GRID)).weights
    kept = _kept(items, max(1, allowance // max(1, mean.size) - 1)) if len(items) else []
    planes = [mean, *(items[number] for number in kept)]
    return {
        "kind": "grid",
        "axis": axis,
        "items": len(items),
        "kept": kept,
        "range": seen.range,
        "places": [None if side.places is None else [list(place) for place in side.places] for side in seen.axes[-2:]],
        "shape": list(mean.shape),
        "planes": [_packed(plane) for plane in planes],
    }


def _kept(items: np.ndarray, most: int) -> list[int]:
    """Numbers of the items that vary most over the image, in their own order."""
    varying = np.argsort(-items.reshape(len(items), -1).std(axis=1), kind="stable")
    return sorted(int(number) for number in varying[:most])


def _packed(plane: np.ndarray) -> list[Any]:
    """Lowest and highest weight, and where between them each weight lies, a byte each."""
    low, high = float(plane.min()), float(plane.max())
    steps = np.round((plane.astype(np.float64) - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return [_short(low), _short(high), base64.b64encode(steps.tobytes()).decode("ascii")]


def _bars(seen: AttentionMap) -> dict[str, Any]:
    """A map of channels or scales: the mean first, then each item of the second axis."""
    axis, first = choice_axis(seen), seen.axes[0]
    rows = [averaged(seen, (first.name,)).weights]
    if axis is not None:
        rows += list(averaged(seen, (first.name, axis)).weights.T)
    return {
        "kind": "bars",
        "of": first.name,
        "axis": axis,
        "items": len(rows) - 1,
        "kept": list(range(len(rows) - 1)),
        "range": seen.range,
        "labels": list(first.labels),
        "planes": [[_short(float(weight)) for weight in row] for row in rows],
    }


def _short(weight: float) -> float:
    """Five digits are more than can be seen."""
    return weight if weight == 0 else round(weight, 4 - math.floor(math.log10(abs(weight))))
