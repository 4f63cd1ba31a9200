"""Quality against source length as a page: drawn once, as it stands; no script is needed."""

import html
from collections.abc import Iterator, Sequence

from saccade.metrics import BucketScore
from saccade.viewer.curves import COLOURS, Curves, bucket_labels, score_range
from saccade.viewer.page import asset

_DASHES = ("", "7 4", "2 4", "9 3 2 3")
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 720, 412, 70, 64, 14, 18


def curves_page(curves: Curves, *, title: str = "", x_label: str = "source length", y_label: str = "score") -> str:
    """Quality by source length as one HTML page, complete in itself, with all figures in a table.

    Example:
        >>> runs = {"attention": [BucketScore("1–10", 97, 6.5, 41.0, 39.0, 43.0)]}
        >>> curves_page(runs, title="Quality by length").startswith("<!doctype html>")
        True
    """
    places = bucket_labels(curves)
    heading = html.escape(title or f"{y_label} by {x_label}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{heading}</title>\n<style>{asset('curves.css')}</style>\n</head>\n<body>\n"
        f'<h1 dir="auto">{heading}</h1>\n'
        f"<figure>\n{_drawing(curves, places, x_label, y_label)}\n{_keys(curves)}\n</figure>\n"
        f'<div class="scroll">{_table(curves, places, x_label, y_label)}</div>\n</body>\n</html>\n'
    )


def _drawing(curves: Curves, places: list[str], x_label: str, y_label: str) -> str:
    spoken = html.escape(f"{y_label} against {x_label}, a line for each run; the figures are in the table below")
    parts = [f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{spoken}">']
    parts += _frame(curves, places, x_label, y_label)
    for number, scores in enumerate(curves.values()):
        parts += _band_and_line(curves, places, scores, number)
    return "\n".join([*parts, "</svg>"])


def _frame(curves: Curves, places: list[str], x_label: str, y_label: str) -> Iterator[str]:
    for tick in _ticks(score_range(curves)[1]):
        y = _y(curves, tick)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
    for place, label in enumerate(places):
        x = _x(places, place)
        yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 26}" text-anchor="middle">{html.escape(label)}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text class="name" x="{middle:.0f}" y="{_HEIGHT - 6}" text-anchor="middle">{html.escape(x_label)}</text>'
    up = (_TOP + _HEIGHT - _BOTTOM) / 2
    yield (
        f'<text class="name" x="18" y="{up:.0f}" text-anchor="middle" '
        f'transform="rotate(-90 18 {up:.0f})">{html.escape(y_label)}</text>'
    )


def _band_and_line(curves: Curves, places: list[str], scores: Sequence[BucketScore], number: int) -> Iterator[str]:
    colour = COLOURS[number % len(COLOURS)]
    x = [_x(places, places.index(score.label)) for score in scores]
    above = [f"{a:.1f},{_y(curves, s.high):.1f}" for a, s in zip(x, scores, strict=True)]
    below = [f"{a:.1f},{_y(curves, s.low):.1f}" for a, s in zip(x, scores, strict=True)]
    line = [f"{a:.1f},{_y(curves, s.score):.1f}" for a, s in zip(x, scores, strict=True)]
    dash = _DASHES[number % len(_DASHES)]
    yield f'<polygon points="{" ".join(above + below[::-1])}" fill="{colour}" opacity=".16"/>'
    yield (
        f'<polyline points="{" ".join(line)}" fill="none" stroke="{colour}" stroke-width="2.2" '
        f'stroke-dasharray="{dash}"/>'
    )
    name = list(curves)[number]
    for point, score in zip(line, scores, strict=True):
        across, down = point.split(",")
        said = html.escape(f"{name}, {score.label}: {_said(score)} ({score.sentences:,} sentences)")
        yield f'<circle cx="{across}" cy="{down}" r="4" fill="{colour}"><title>{said}</title></circle>'


def _keys(curves: Curves) -> str:
    keys = []
    for number, name in enumerate(curves):
        colour, dash = COLOURS[number % len(COLOURS)], _DASHES[number % len(_DASHES)]
        line = f'<line x1="0" x2="36" y1="6" y2="6" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
        keys.append(f'<li><svg viewBox="0 0 36 12" aria-hidden="true">{line}</svg><bdi>{html.escape(name)}</bdi></li>')
    return f'<ul class="keys">{"".join(keys)}</ul>'


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


def _x(places: list[str], place: int) -> float:
    step = (_WIDTH - _LEFT - _RIGHT) / len(places)
    return _LEFT + step * (place + 0.5)


def _y(curves: Curves, score: float) -> float:
    low, high = score_range(curves)
    return _HEIGHT - _BOTTOM - (score - low) / (high - low) * (_HEIGHT - _BOTTOM - _TOP)


def _ticks(top: float) -> list[float]:
    """Round values from 0 to `top`, about five of them."""
    step = next(
        size for size in (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e9) if top / size <= 6
    )
    return [step * number for number in range(int(top / step) + 1)]
