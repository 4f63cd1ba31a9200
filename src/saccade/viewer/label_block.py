"""A look at a text with its label as a block: the words shaded by their weights."""

from collections.abc import Sequence
from typing import Any

from saccade.maps import AttentionMap, LabelLook, Span
from saccade.viewer.image_shades import short_names
from saccade.viewer.segments import Segment, direction, segments, visible


def label_block(look: LabelLook) -> dict[str, Any]:
    """What a page shows of a look at a text with its label: the text in parts, once for each layer, and the labels.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import Axis
        >>> axes = Axis("target", ("bad",)), Axis("source", ("so", "bad"), ((0, 2), (3, 6)))
        >>> look = LabelLook("so bad", (("bad", 1.0),), (AttentionMap(np.array([[0.2, 0.8]]), axes, "look"),))
        >>> label_block(look)["maps"][0]["parts"]
        [['so', 0.2, False], [' ', None, False], ['bad', 0.8, False]]
    """
    names = short_names([seen.layer for seen in look.maps])
    return {
        "kind": "label",
        "name": look.name,
        "label": look.label,
        "truth": look.truth,
        "dir": direction(look.text),
        "probabilities": [[label, round(float(share), 5)] for label, share in look.probabilities],
        "maps": [
            {"name": name, "parts": _parts(look, look.words(seen.layer))}
            for name, seen in zip(names, look.maps, strict=True)
        ],
    }


def _parts(look: LabelLook, seen: AttentionMap) -> list[list[Any]]:
    """The text in parts: what is written, its weight (None between words), and whether it decides."""
    axis, weights = seen.axes[1], seen.weights[0]
    spans = axis.spans or ()
    return [
        [
            visible(part.text),
            None if part.token is None else round(float(weights[part.token]), 4),
            _decides(part, spans, look.deciding),
        ]
        for part in segments(look.text, axis)
    ]


def _decides(part: Segment, spans: Sequence[Span], deciding: Sequence[Span]) -> bool:
    if part.token is None or not spans:
        return False
    start, end = spans[part.token]
    return any(start < to and end > since for since, to in deciding)
