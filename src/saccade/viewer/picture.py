"""A look as a picture: a matrix of weights, labelled in whatever script the machine has fonts for."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from saccade.maps import AttentionMap, LabelLook, Look
from saccade.storage import written_aside
from saccade.viewer.fonts import fonts_for, missing_messages, replaced
from saccade.viewer.segments import labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, PAPER = "#1c1d22", "#6a6c75", "#ffffff"
COLOURS = ("#f3f2ed", "#c3c9e6", "#7f8ed0", "#3148b4", "#1d2c78")
_CELL, _MOST = 0.4, 22.0  # inches
_DPI = 160


def draw(looks: Look | Sequence[Look], path: str | Path) -> list[str]:
    """Draw the matrix of each look, one above the other, into a PNG file.

    Args:
        looks: One or several. Pieces that make words are joined.
        path: Where to; a file of that name is replaced at the very end.

    Returns:
        A message for each script that no font of this machine can write; empty if all is legible.

    Raises:
        StorageError: The file could not be written.
    """
    several = [looks] if isinstance(looks, Look) else list(looks)
    figure, messages = figure_of(several)
    save_figure(figure, path)
    return messages


def draw_labels(looks: LabelLook | Sequence[LabelLook], path: str | Path) -> list[str]:
    """Draw the weights of each map of a text with its label above each other, a column a word, into a PNG file.

    Raises:
        StorageError: The file could not be written.
    """
    several = [looks] if isinstance(looks, LabelLook) else list(looks)
    return draw([each for look in several for each in look.as_looks()], path)


def figure_of(looks: Sequence[Look]) -> tuple["Figure", list[str]]:
    """The figure that `draw` saves, to be changed at will, and the messages."""
    from matplotlib.figure import Figure

    maps = [look.words if look.has_words else look.map for look in looks]
    names = [
        (labels(look.output, seen.axes[0]), labels(look.source, seen.axes[1]))
        for look, seen in zip(looks, maps, strict=True)
    ]
    texts = [label for pair in names for side in pair for label in side]
    families, missing = fonts_for(texts)
    drawn = [tuple([replaced(label, n, missing) for n, label in enumerate(side, 1)] for side in pair) for pair in names]
    sizes = [_size(seen, *pair) for seen, pair in zip(maps, drawn, strict=True)]
    width, heights = max((w for w, _ in sizes), default=1.0), [h for _, h in sizes]
    figure = Figure(figsize=(width, sum(heights) or 1.0), dpi=_DPI, facecolor=PAPER, layout="constrained")
    grid = figure.subplots(max(1, len(maps)), 1, squeeze=False, height_ratios=heights or [1.0])
    for axes, seen, (target, source) in zip(grid[:, 0], maps, drawn, strict=False):
        _matrix(axes, seen, target, source, families)
    return figure, missing_messages(texts, missing)


def save_figure(figure: "Figure", path: str | Path) -> None:
    """Write a figure as PNG, aside first."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with written_aside(Path(path)) as aside, aside.open("wb") as file:
        FigureCanvasAgg(figure).print_png(file)


def _size(seen: AttentionMap, target: list[str], source: list[str]) -> tuple[float, float]:
    """Width and height of one matrix with its labels, in inches."""
    rows, columns = seen.weights.shape
    beside = 0.12 * max(map(_wide, target), default=1)
    above = 0.12 * max(map(_wide, source), default=1) if _turned(source) else 0.3
    width = min(_MOST, columns * _CELL + beside + 0.5)
    return max(width, 2.0), min(_MOST, max(rows * _CELL + above + 0.4, 1.2))


def _wide(label: str) -> int:
    """Width in letters; wide ones count twice."""
    from rich.cells import cell_len

    return cell_len(label)


def _turned(source: list[str]) -> bool:
    return max(map(_wide, source), default=1) > 5


def _matrix(axes: "Axes", seen: AttentionMap, target: list[str], source: list[str], families: list[str]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    rows, columns = seen.weights.shape
    if not rows or not columns:
        axes.set_axis_off()
        return
    colours = LinearSegmentedColormap.from_list("saccade", COLOURS)
    axes.pcolormesh(seen.weights, cmap=colours, vmin=0, vmax=1, edgecolors=PAPER, linewidth=1.2)
    axes.set_aspect("equal" if max(rows, columns) * _CELL < _MOST else "auto")
    axes.invert_yaxis()
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK, pad=3)
    axes.spines[:].set_visible(False)
    # `parse_math`: a label such as $x$ is to be drawn as it stands.
    style: dict[str, Any] = {"family": families, "fontsize": 9, "parse_math": False}
    axes.set_yticks([row + 0.5 for row in range(rows)], target, **style)
    turn = 60 if _turned(source) else 0
    side = "left" if turn else "center"
    axes.set_xticks(
        [column + 0.5 for column in range(columns)], source, rotation=turn, ha=side, rotation_mode="anchor", **style
    )
    if rows * columns <= 400:
        _figures(axes, seen)


def _figures(axes: "Axes", seen: AttentionMap) -> None:
    """Write each weight worth reading into its cell."""
    for (row, column), weight in ((place, float(seen.weights[place])) for place in _places(seen)):
        colour = PAPER if weight > 0.5 else INK if weight > 0.2 else SOFT
        text = f"{weight:.2f}".removeprefix("0")
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=6.5, color=colour)


def _places(seen: AttentionMap) -> list[tuple[int, int]]:
    rows, columns = seen.weights.shape
    return [(row, column) for row in range(rows) for column in range(columns) if seen.weights[row, column] >= 0.015]
