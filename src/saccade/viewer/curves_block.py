"""Quality against source length as a block."""

from typing import Any

from saccade.viewer.curves import Curves, bucket_labels, score_range


def curves_block(
    curves: Curves, *, x_label: str = "source length", y_label: str = "score", title: str = ""
) -> dict[str, Any]:
    """What a page shows of quality by source length: a line for each run with its intervals, and a table.

    Raises:
        DataError: There is nothing to draw.

    Example:
        >>> from saccade.metrics import BucketScore
        >>> runs = {"attention": [BucketScore("1–10", 97, 6.5, 41.0, 39.0, 43.0)]}
        >>> curves_block(runs)["lines"]
        [{'name': 'attention', 'points': [[0, 41.0, 39.0, 43.0]]}]
    """
    places = bucket_labels(curves)
    found = [score for scores in curves.values() for score in scores]
    sentences = [max(score.sentences for score in found if score.label == label) for label in places]
    return {
        "kind": "curves",
        "title": title,
        "x": {"label": x_label, "places": places, "counts": sentences, "counted": "sentences"},
        "y": {"label": y_label, "ends": list(score_range(curves))},
        "lines": [
            {
                "name": name,
                "points": [[places.index(one.label), one.score, one.low, one.high] for one in scores],
            }
            for name, scores in curves.items()
        ],
    }
