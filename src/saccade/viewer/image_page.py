"""Looks at images as one HTML page: every map over its image, to be chosen layer by layer and channel by channel."""

import base64
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from saccade.maps import AttentionMap, ImageLook, is_grid
from saccade.maps.image_look import png
from saccade.maps.image_map import GRID, averaged
from saccade.viewer.image_shades import choice_axis, colours, short_names
from saccade.viewer.page import asset, document, framed

# Weights that a page may hold, a byte each; beyond, only the channels that vary most are kept.
_MOST = 4_000_000


def image_page(looks: ImageLook | Sequence[ImageLook], title: str = "Where the model looked") -> str:
    """Make one HTML page of looks at images, complete in itself.

    Each look is shown as the image with a map over it, and small ones of all its maps to choose from. Maps over places
    are overlays; those of channels or scales are bars. Everything can be reached by the keyboard, and stands in a
    table too. Weights are kept in 256 steps between the lowest and the highest of each map.

    Args:
        looks: One or several.
        title: Heading of the page.

    Returns:
        The page. It asks no network for anything, and its own content security policy forbids it to.

    Example:
        >>> from saccade.maps.image_map import numbered
        >>> gate = AttentionMap(np.eye(2), (numbered("height", 2), numbered("width", 2)), "gate")
        >>> look = ImageLook(np.zeros((4, 4, 3), np.uint8), "cat", (("cat", 1.0),), (gate,))
        >>> image_page(look, "A look").startswith("<!doctype html>")
        True
    """
    several = [looks] if isinstance(looks, ImageLook) else list(looks)
    allowance = _MOST // max(1, sum(len(look.overlays) for look in several))
    data = {"colours": colours(), "looks": [_shown(look, allowance) for look in several]}
    style = asset("page.css") + asset("image.css")
    return document(title, style, asset("image.js"), data, allowed="img-src data:")


def image_notebook(look: ImageLook) -> str:
    """The page of one look in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it."""
    return framed(image_page(look, look.name or "Where the model looked"), 860)


def _shown(look: ImageLook, allowance: int) -> dict[str, Any]:
    """What the script needs to know of a look."""
    names = short_names([seen.layer for seen in look.maps])
    return {
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
