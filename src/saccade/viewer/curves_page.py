"""Quality against source length as a page."""

import html
from collections.abc import Iterator, Sequence

from saccade.metrics import BucketScore
from saccade.viewer.curves import COLOURS, Curves, bucket_labels, score_range
from saccade.viewer.drawing import Drawing, keys, round_ticks, still_page, stroke


def curves_page(curves: Curves, *, title: str = "", x_label: str = "source length", y_label: str = "score") -> str:
    """Quality by source length as one HTML page, complete in itself, with all figures in a table.

    Example:
        >>> runs = {"attention": [BucketScore("1–10", 97, 6.5, 41.0, 39.0, 43.0)]}
        >>> curves_page(runs, title="Quality by length").startswith("<!doctype html>")
        True
    """
    places = bucket_labels(curves)
    return still_page(
        title or f"{y_label} by {x_label}",
        f"<figure>\n{_drawing(curves, places, x_label, y_label)}\n{keys(curves)}\n</figure>\n"
        f'<div class="scroll">{_table(curves, places, x_label, y_label)}</div>',
    )


def _drawing(curves: Curves, places: list[str], x_label: str, y_label: str) -> str:
    low, high = score_range(curves)
    drawing = Drawing((-0.5, len(places) - 0.5), (low, high))
    y_ticks = [(tick, f"{tick:g}") for tick in round_ticks(low, high)]
    x_ticks = [(float(place), label) for place, label in enumerate(places)]
    parts = list(drawing.frame(x_ticks, y_ticks, x_label, y_label))
    for number, (name, scores) in enumerate(curves.items()):
        parts += _band_and_line(drawing, places, name, scores, number)
    return drawing.drawn(parts, f"{y_label} against {x_label}, a line for each run; the figures are in the table below")


def _band_and_line(
    drawing: Drawing, places: list[str], name: str, scores: Sequence[BucketScore], number: int
) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    x = [float(places.index(score.label)) for score in scores]
    above, line, below = (
        drawing.points(zip(x, (getattr(score, figure) for score in scores), strict=True)).split()
        for figure in ("high", "score", "low")
    )
    yield f'<polygon points="{" ".join(above + below[::-1])}" fill="{colour}" opacity=".16"/>'
    yield f'<polyline points="{" ".join(line)}" fill="none" {stroke(number)} stroke-width="2.2"/>'
    for point, score in zip(line, scores, strict=True):
        across, down = point.split(",")
        said = html.escape(f"{name}, {score.label}: {_said(score)} ({score.sentences:,} sentences)")
        yield f'<circle cx="{across}" cy="{down}" r="4" fill="{colour}"><title>{said}</title></circle>'


def _table(curves: Curves, places: list[str], x_label: str, y_label: str) -> str:
    head = "".join(f'<th scope="col"><bdi>{html.escape(name)}</bdi></th>' for name in curves)
    rows = []
    for label in places:
        found = [next((score for score in scores if score.label == label), None) for scores in curves.values()]
        sentences = max(score.sentences for score in found if score)
        cells = "".join(f"<td>{_cell(score)}</td>" for score in found)
        rows.append(f'<tr><th scope="row">{html.escape(label)}</th><td>{sentences:,}</td>{cells}</tr>')
    return (
        f"<table><caption>{html.escape(y_label)}, with the interval of each figure below it</caption>"
        f'<thead><tr><th scope="col">{html.escape(x_label)}</th><th scope="col">sentences</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _cell(score: BucketScore | None) -> str:
    return "–" if score is None else f"{score.score:.1f}<small>{score.low:.1f} – {score.high:.1f}</small>"


def _said(score: BucketScore) -> str:
    return f"{score.score:.1f}, between {score.low:.1f} and {score.high:.1f}"
