"""Looks at texts with their labels: the words shaded by their weights, as a page and as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from saccade.maps import AttentionMap, LabelLook, Span
from saccade.viewer.image_shades import short_names
from saccade.viewer.page import asset, document, framed
from saccade.viewer.picture import draw
from saccade.viewer.segments import Segment, direction, segments, visible


def label_page(looks: LabelLook | Sequence[LabelLook], title: str = "Which words decided") -> str:
    """Make one HTML page of looks at texts with their labels, complete in itself.

    Each text is shown with its words shaded by their weights, the highest darkest; pointing at one tells its weight,
    and a list names the heaviest. Words that are known to decide are underlined. Of several layers one is chosen.

    Args:
        looks: One or several.
        title: Heading of the page.

    Returns:
        The page. It asks no network for anything, and its own content security policy forbids it to.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import Axis
        >>> axes = Axis("target", ("bad",)), Axis("source", ("so", "bad"), ((0, 2), (3, 6)))
        >>> look = LabelLook("so bad", (("bad", 1.0),), (AttentionMap(np.array([[0.2, 0.8]]), axes, "look"),))
        >>> label_page(look).startswith("<!doctype html>")
        True
    """
    several = [looks] if isinstance(looks, LabelLook) else list(looks)
    key = '<p class="key"><span>weight 0</span><i></i><span>the highest</span></p>'
    style = asset("page.css") + asset("label.css")
    return document(title, style, asset("label.js"), [_shown(look) for look in several], beside=key)


def label_notebook(look: LabelLook) -> str:
    """The page of one look in a frame of its own, for a notebook: it cannot touch the notebook, nor the notebook it."""
    return framed(label_page(look, look.name or "Which words decided"), 420 + len(look.text) // 3)


def draw_labels(looks: LabelLook | Sequence[LabelLook], path: str | Path) -> list[str]:
    """Draw the weights of each map above each other, a column a word, into a PNG file.

    Raises:
        StorageError: The file could not be written.
    """
    several = [looks] if isinstance(looks, LabelLook) else list(looks)
    return draw([each for look in several for each in look.as_looks()], path)


def _shown(look: LabelLook) -> dict[str, Any]:
    """What the script needs to know of a look."""
    names = short_names([seen.layer for seen in look.maps])
    return {
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
