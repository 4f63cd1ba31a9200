"""A look at an image that was read as a text, as a block: where it looked for each token."""

import base64
from typing import Any

import numpy as np

from saccade.errors import DataError
from saccade.maps import ImageLook
from saccade.maps.image_look import png
from saccade.viewer.packing import packed
from saccade.viewer.segments import visible


def strip_block(look: ImageLook) -> dict[str, Any]:
    """What a page shows of it: the image, the tokens, and a map over the image for each, to be stepped through.

    Raises:
        DataError: The look has no tokens.

    Example:
        >>> from saccade.maps import AttentionMap
        >>> from saccade.maps.image_map import numbered
        >>> sides = numbered("height", 1), numbered("width", 2)
        >>> maps = tuple(AttentionMap(np.eye(2)[at : at + 1], sides, f"{at}") for at in range(2))
        >>> look = ImageLook(np.zeros((4, 8, 1), np.uint8), "hi", (("hi", 1.0),), maps, tokens=("h", "i"))
        >>> strip_block(look)["tokens"], len(strip_block(look)["map"]["planes"])
        (['h', 'i'], 3)
    """
    if not look.tokens:
        raise DataError(f"`{look.name}` was not read as a text: it has no tokens. Show it with `image_block`.")
    maps = look.maps[-len(look.tokens) :]
    first = maps[0]
    mean = np.mean([seen.weights for seen in maps], axis=0)
    return {
        "kind": "strip",
        "name": look.name,
        "label": look.label,
        "truth": look.truth,
        "size": list(look.image.shape[:2]),
        "png": base64.b64encode(png(look.image)).decode("ascii"),
        "probabilities": [[label, round(float(share), 5)] for label, share in look.probabilities],
        "tokens": [visible(token) for token in look.tokens],
        # The mean of all first, as in an image's map of several channels.
        "map": {
            "name": "attention",
            "kind": "grid",
            "axis": "token",
            "items": len(maps),
            "kept": list(range(len(maps))),
            "range": first.range,
            "places": [None if side.places is None else [list(place) for place in side.places] for side in first.axes],
            "shape": list(first.weights.shape),
            "planes": [packed(plane) for plane in (mean, *(seen.weights for seen in maps))],
        },
    }
