"""How runs learnt, side by side, as a picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from saccade.viewer.courses import Courses, Panel, drawn_classes, found_range, last_update, panels
from saccade.viewer.curves import COLOURS
from saccade.viewer.fonts import fonts_for, missing_messages, replaced
from saccade.viewer.picture import INK, SOFT
from saccade.viewer.segments import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_DASHES: Final = ("-", "--", ":", "-.")
_MARKS, _LINE = "osD^vP", "#e4e2da"
# Inches.
_WIDTH, _PANELS, _ROW, _AROUND = 9.0, 3.4, 0.24, 0.8


def courses_figure(courses: Courses, *, title: str = "", figure: str = "score") -> tuple["Figure", list[str]]:
    """The figure that `save_courses` saves, to be changed at will, and a message for each script without a font."""
    from matplotlib.figure import Figure

    drawn, classes = panels(courses, figure), drawn_classes(courses)
    texts = [visible(text) for text in (title, *courses, *classes)]
    families, missing = fonts_for(texts)
    shown = [replaced(text, number, missing) for number, text in enumerate(texts, 1)]
    names, rows = shown[1 : 1 + len(courses)], shown[1 + len(courses) :]
    heights = [_PANELS, _AROUND + _ROW * len(rows)] if rows else [_PANELS]
    whole = Figure(figsize=(_WIDTH, sum(heights) + 0.5), dpi=160, layout="constrained")
    grid = whole.add_gridspec(len(heights), len(drawn), height_ratios=heights)
    for place, panel in enumerate(drawn):
        _panel(whole.add_subplot(grid[0, place]), panel, last_update(courses), families)
    if rows:
        _classes(whole.add_subplot(grid[1, :]), courses, classes, rows, families)
    whole.suptitle(shown[0], family=families, color=INK, parse_math=False)
    _legend(whole, names, families)
    return whole, missing_messages(texts, missing)


def _panel(axes: "Axes", panel: Panel, updates: float, families: Sequence[str]) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    for number, (line, faint) in enumerate(zip(panel.lines, panel.faint, strict=True)):
        colour, style = COLOURS[number % len(COLOURS)], _DASHES[number % 4]
        mark = _MARKS[number % 6]
        axes.plot(*_sides(faint), color=colour, alpha=0.4, linewidth=0.9)
        axes.plot(*_sides(line), color=colour, linestyle=style, linewidth=1.8, marker=mark, markersize=3.5)
    axes.set_ylim(panel.low, panel.high)
    axes.set_xlim(0, updates * 1.02)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(axis="y", color=_LINE)
    _plain(axes, "update", families)
    axes.set_ylabel(panel.label, family=families, color=INK, parse_math=False)


def _classes(
    axes: "Axes", courses: Courses, classes: list[str], labels: Sequence[str], families: Sequence[str]
) -> None:
    for row, name in enumerate(classes):
        shares = [course.found[name] for course in courses.values() if name in course.found]
        axes.plot([min(shares), max(shares)], [row, row], color="#c9c7be", linewidth=2.2, solid_capstyle="round")
    for number, course in enumerate(courses.values()):
        rows = [row for row, name in enumerate(classes) if name in course.found]
        shares = [course.found[classes[row]] for row in rows]
        colour, mark = COLOURS[number % len(COLOURS)], _MARKS[number % 6]
        axes.scatter(shares, rows, color=colour, marker=mark, s=26, zorder=3, clip_on=False)
    axes.set_yticks(range(len(labels)), labels, family=families, parse_math=False)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    low, high = found_range(courses)
    axes.set_xlim(low, high + 0.01 * (high - low))
    axes.grid(axis="y", color=_LINE)
    _plain(axes, "share of the class that is found, %", families)


def _legend(whole: "Figure", names: Sequence[str], families: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=COLOURS[number % len(COLOURS)], linestyle=_DASHES[number % 4], marker=_MARKS[number % 6])
        for number in range(len(names))
    ]
    legend = whole.legend(
        lines, names, loc="outside lower center", ncols=min(3, len(names)), frameon=False, prop={"family": families}
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def _plain(axes: "Axes", x_label: str, families: Sequence[str]) -> None:
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_LINE)
    axes.tick_params(length=0, colors=SOFT)
    axes.set_xlabel(x_label, family=families, color=INK)


def _sides(line: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [update for update, _ in line], [value for _, value in line]
