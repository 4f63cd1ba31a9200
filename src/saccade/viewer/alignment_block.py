"""A look at a text as a block: two lines of text with curves between, and a matrix of weights."""

from typing import Any

from saccade.maps import AttentionMap, Look
from saccade.viewer.segments import Segment, direction, labels, segments


def alignment_block(look: Look) -> dict[str, Any]:
    """What a page shows of a look: its texts cut into tokens, its weights by words and by pieces, and other answers.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import Axis
        >>> target, source = Axis("target", ("I", "love", "China")), Axis("source", ("我", "爱", "中国"))
        >>> look = Look("我爱中国", "I love China", -0.5, -1.5, AttentionMap(np.eye(3), (target, source)))
        >>> block = alignment_block(look)
        >>> block["kind"], block["answers"][0]["views"][0]["weights"][0]
        ('alignment', [1.0, 0.0, 0.0])
    """
    return {"kind": "alignment", "answers": [_answer(one) for one in (look, *look.alternatives)]}


def _answer(look: Look) -> dict[str, Any]:
    maps = {"Words": look.words, "Pieces": look.map} if look.has_words else {"Pieces": look.map}
    return {
        "score": round(float(look.score), 4),
        "logProb": round(float(look.log_prob), 4),
        "layer": look.map.layer,
        "texts": [look.source, look.output],
        "views": [{"name": name, **_view(seen, look)} for name, seen in maps.items()],
    }


def _view(seen: AttentionMap, look: Look) -> dict[str, Any]:
    target, source = seen.axes
    return {
        "source": _side(look.source, segments(look.source, source), labels(look.source, source)),
        "target": _side(look.output, segments(look.output, target), labels(look.output, target)),
        "weights": [[round(float(weight), 4) for weight in row] for row in seen.weights],
    }


def _side(text: str, parts: list[Segment], names: list[str]) -> dict[str, Any]:
    # -1: of no token; the flags are left out where they are as usual, which keeps long pages small.
    cut = [
        [part.text, -1 if part.token is None else part.token, *([int(part.written), int(part.apart)] * _unusual(part))]
        for part in parts
    ]
    return {"dir": direction(text), "parts": cut, "labels": names}


def _unusual(part: Segment) -> bool:
    return not (part.written and part.apart)
