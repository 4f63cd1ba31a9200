"""How runs learnt, side by side, as a page."""

import html
from collections.abc import Iterator

from saccade.viewer.courses import Courses, Panel, drawn_classes, found_range, last_update, panels
from saccade.viewer.curves import COLOURS
from saccade.viewer.drawing import Drawing, keys, round_ticks, still_page, stroke

_ROW = 26


def courses_page(courses: Courses, *, title: str = "", figure: str = "score") -> str:
    """How runs learnt, and what of each class they find, as one HTML page, complete in itself.

    Example:
        >>> from saccade.viewer.courses import Course
        >>> run = Course([(50.0, 1.5)], [(100.0, 1.0)], [(100.0, 61.0)], {"cat": 60.0, "dog": 62.0})
        >>> courses_page({"plain": run}, figure="top1").startswith("<!doctype html>")
        True
    """
    pair = "\n".join(_panel(panel, courses, number) for number, panel in enumerate(panels(courses, figure)))
    body = f'<figure>\n<div class="pair">\n{pair}\n</div>\n{keys(courses)}\n</figure>'
    if classes := drawn_classes(courses):
        body += f'\n<figure class="rows">\n{_classes(courses, classes)}\n{keys(courses)}\n</figure>\n'
        body += f'<div class="scroll">{_table(courses)}</div>'
    return still_page(title or "How they learnt", body)


def _panel(panel: Panel, courses: Courses, number: int) -> str:
    updates = last_update(courses)
    drawing = Drawing((0.0, updates), (panel.low, panel.high), width=430, height=330, left=58)
    x_ticks = [(tick, f"{tick:,.0f}") for tick in round_ticks(0.0, updates, most=4)]
    y_ticks = [(tick, f"{tick:g}") for tick in round_ticks(panel.low, panel.high)]
    inside = (
        f'<clipPath id="panel{number}"><rect x="{drawing.left}" y="{drawing.top}" '
        f'width="{drawing.width - drawing.left}" height="{drawing.height - drawing.bottom - drawing.top}"/></clipPath>'
    )
    lines = [*_thin(panel, drawing), *_thick(panel, drawing, list(courses))]
    parts = [
        *drawing.frame(x_ticks, y_ticks, "update", panel.label),
        inside,
        f'<g clip-path="url(#panel{number})">',
        *lines,
        "</g>",
    ]
    return drawing.drawn(parts, f"{panel.label} against the update, a line for each run")


def _thin(panel: Panel, drawing: Drawing) -> Iterator[str]:
    for number, line in enumerate(panel.faint):
        colour = COLOURS[number % len(COLOURS)]
        yield f'<polyline points="{drawing.points(line)}" fill="none" stroke="{colour}" opacity=".4"/>'


def _thick(panel: Panel, drawing: Drawing, names: list[str]) -> Iterator[str]:
    for number, (name, line) in enumerate(zip(names, panel.lines, strict=True)):
        yield f'<polyline points="{drawing.points(line)}" fill="none" {stroke(number)} stroke-width="2.2"/>'
        for update, value in line:
            said = f"{name}, update {update:,.0f}: {panel.label} {value:.4g}"
            yield _dot(drawing.across(update), drawing.down(value), 3.0, number, said)


def _classes(courses: Courses, classes: list[str]) -> str:
    """A row for each class: a dot for each run, and between them how far they are apart."""
    low, high = found_range(courses)
    height = _ROW * len(classes) + 78
    drawing = Drawing((low, high), (len(classes) - 0.5, -0.5), height=height, left=150)
    x_ticks = [(tick, f"{tick:g}") for tick in round_ticks(low, high)]
    y_ticks = [(float(row), name if len(name) < 19 else f"{name[:17]}…") for row, name in enumerate(classes)]
    parts = list(drawing.frame(x_ticks, y_ticks, "images of the class that are found, %", ""))
    for row, name in enumerate(classes):
        parts += _row(drawing, courses, name, drawing.down(float(row)))
    return drawing.drawn(parts, "Share of each class that is found, a dot for each run; the figures are in the table")


def _row(drawing: Drawing, courses: Courses, name: str, down: float) -> Iterator[str]:
    shares = [run.found[name] for run in courses.values() if name in run.found]
    ends = [drawing.across(share) for share in (min(shares), max(shares))]
    yield f'<line class="apart" x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{down:.1f}" y2="{down:.1f}"/>'
    for number, (run, course) in enumerate(courses.items()):
        if name in course.found:
            share = course.found[name]
            yield _dot(drawing.across(share), down, 5.5, number, f"{name}, {run}: {share:.1f} %")


def _dot(across: float, down: float, radius: float, number: int, said: str) -> str:
    colour = COLOURS[number % len(COLOURS)]
    place = f'cx="{across:.1f}" cy="{down:.1f}" r="{radius}"'
    return f'<circle {place} fill="{colour}"><title>{html.escape(said)}</title></circle>'


def _table(courses: Courses) -> str:
    head = "".join(f'<th scope="col"><bdi>{html.escape(name)}</bdi></th>' for name in courses)
    names = dict.fromkeys(name for course in courses.values() for name in course.found)
    rows = []
    for name in names:
        cells = "".join(f"<td>{_share(course.found.get(name))}</td>" for course in courses.values())
        rows.append(f'<tr><th scope="row"><bdi>{html.escape(name)}</bdi></th>{cells}</tr>')
    return (
        "<table><caption>images of each class that are found, %</caption>"
        f'<thead><tr><th scope="col">class</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1f}"
