"""Quality against source length, a line for each run: the picture that shows why attention exists."""

import html
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from saccade.errors import DataError
from saccade.metrics import BucketScore
from saccade.viewer.fonts import fonts_for, missing_messages, replaced
from saccade.viewer.picture import INK, SOFT, save_figure
from saccade.viewer.saving import check_suffix, write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Curves = Mapping[str, Sequence[BucketScore]]
SUFFIXES = (".html", ".png")
# Told apart by the colour-blind too (Okabe and Ito 2008), and by marks and dashes besides.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
_DASHES = ("", "7 4", "2 4", "9 3 2 3")
_DASHES_OF_A_PICTURE = ("-", "--", ":", "-.")
_MARKS_OF_A_PICTURE = "osD^vP"


def save_curves(
    curves: Curves, path: str | Path, *, title: str = "", x_label: str = "source length", y_label: str = "score"
) -> list[str]:
    """Draw quality by source length, a line a run with its interval as a band, as .png or .html.

    Args:
        curves: The buckets of each run, by the run's name.
        path: Where to; its suffix says as what. A file of that name is replaced at the very end.
        title: Heading.
        x_label: What the buckets are: `source length in words`.
        y_label: What the score is: `BLEU`.

    Returns:
        What the user should know, such as a script that no font can write; empty if all is well.

    Raises:
        OptionError: The suffix is neither.
        DataError: There is nothing to draw.
        StorageError: The file could not be written.
    """
    path = Path(path)
    check_suffix(path, SUFFIXES)
    if path.suffix.lower() == ".html":
        write_text(curves_page(curves, title=title, x_label=x_label, y_label=y_label), path)
        return []
    figure, messages = curves_figure(curves, title=title, x_label=x_label, y_label=y_label)
    save_figure(figure, path)
    return messages


def curves_figure(
    curves: Curves, *, title: str = "", x_label: str = "source length", y_label: str = "score"
) -> tuple["Figure", list[str]]:
    """The figure that `save_curves` saves as .png, to be changed at will, and the messages."""
    from matplotlib.figure import Figure

    places = bucket_labels(curves)
    texts = [title, x_label, y_label, *curves]
    families, missing = fonts_for(texts)
    figure = Figure(figsize=(7.2, 4.4), dpi=160, layout="constrained")
    axes = figure.subplots()
    for number, (name, scores) in enumerate(curves.items()):
        x = [places.index(score.label) for score in scores]
        colour = COLOURS[number % len(COLOURS)]
        axes.fill_between(x, [s.low for s in scores], [s.high for s in scores], color=colour, alpha=0.15, linewidth=0)
        style = _DASHES_OF_A_PICTURE[number % 4]
        mark = _MARKS_OF_A_PICTURE[number % 6]
        label = replaced(name, number + 1, missing)
        axes.plot(x, [s.score for s in scores], color=colour, linestyle=style, marker=mark, markersize=5, label=label)
    axes.set_xticks(range(len(places)), places)
    axes.set_ylim(*score_range(curves))
    axes.grid(axis="y", color="#e4e2da")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0, colors=SOFT)
    for write, text in ((axes.set_title, title), (axes.set_xlabel, x_label), (axes.set_ylabel, y_label)):
        write(replaced(text, 1, missing), family=families, color=INK, parse_math=False)
    legend = axes.legend(frameon=False, prop={"family": families})
    for text in legend.get_texts():
        text.set_parse_math(False)
    return figure, missing_messages(texts, missing)


def bucket_labels(curves: Curves) -> list[str]:
    """Labels of all buckets of all runs, short ones first.

    Raises:
        DataError: There is nothing to draw.
    """
    if not any(curves.values()):
        raise DataError("There is no curve to draw: no run has a score by length. Give at least one evaluated run.")
    labels = {score.label for scores in curves.values() for score in scores}
    return sorted(labels, key=lambda label: int(label.rstrip("+").split("–")[0]))


def score_range(curves: Curves) -> tuple[float, float]:
    """From 0 to a little above the highest interval, by which scores of any metric can be read."""
    top = max(score.high for scores in curves.values() for score in scores)
    return 0.0, max(1.0, 100.0 if 90 < top <= 100 else 1.05 * top)


_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 720, 400, 54, 52, 14, 18

_STYLE = """
:root { color-scheme: light dark; --paper: #f7f6f2; --card: #fff; --ink: #1c1d22; --soft: #6a6c75; --line: #e4e2da; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #121318; --card: #1a1c23; --ink: #e9e8e4; --soft: #9a9ca6; --line: #2b2e38; }
}
body { margin: 0 auto; max-width: 860px; padding: 28px 16px 60px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", Arial, sans-serif; }
h1 { font-size: 1.35rem; font-weight: 650; letter-spacing: -.01em; margin: 0 4px 18px; overflow-wrap: anywhere; }
figure { margin: 0 0 22px; background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px; }
svg { display: block; width: 100%; height: auto; font-size: 13px; }
svg text { fill: var(--soft); }
.grid { stroke: var(--line); }
.name { fill: var(--ink); }
.keys { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 12px 0 0; padding: 0; font-size: .9rem; }
.keys svg { display: inline-block; width: 36px; height: 12px; vertical-align: middle; margin-inline-end: 8px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: 6px 10px; text-align: end; border-bottom: 1px solid var(--line); font-weight: 400; white-space: nowrap; }
thead th { color: var(--soft); }
tbody th, thead th:first-child { text-align: start; }
td small { color: var(--soft); display: block; }
caption { text-align: start; color: var(--soft); font-size: .82rem; padding: 0 0 8px; }
@media print { body { max-width: none; padding: 0; } figure { border: 0; } }
"""


def curves_page(curves: Curves, *, title: str = "", x_label: str = "source length", y_label: str = "score") -> str:
    """The same as one HTML page, complete in itself, with all figures in a table.

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
        f"<title>{heading}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
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
        yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 22}" text-anchor="middle">{html.escape(label)}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text class="name" x="{middle:.0f}" y="{_HEIGHT - 6}" text-anchor="middle">{html.escape(x_label)}</text>'
    up = (_TOP + _HEIGHT - _BOTTOM) / 2
    yield (
        f'<text class="name" x="14" y="{up:.0f}" text-anchor="middle" '
        f'transform="rotate(-90 14 {up:.0f})">{html.escape(y_label)}</text>'
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
    step = next(size for size in (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if top / size <= 6)
    return [step * number for number in range(int(top / step) + 1)]
