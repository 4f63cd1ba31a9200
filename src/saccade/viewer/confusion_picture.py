"""Which labels are taken for which, as a picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Int

from saccade.errors import DataError
from saccade.viewer.fonts import fonts_for, missing_messages, replaced
from saccade.viewer.picture import COLOURS, INK, PAPER, SOFT, save_figure
from saccade.viewer.segments import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CELL, _MOST, _DPI = 0.42, 24.0, 160
# Up to so many classes, each one is named and the figures are written into the cells.
_NAMED, _WRITTEN = 200, 40


def draw_confusion(
    matrix: Int[np.ndarray, "true predicted"], names: Sequence[str], path: str | Path, title: str = ""
) -> list[str]:
    """Draw a confusion matrix into a PNG file: a row for each right label, shaded by its share of the row.

    Args:
        matrix: What `confusion` gave.
        names: Of the classes.
        path: Where to; a file of that name is replaced at the very end.
        title: Above the matrix.

    Returns:
        A message for each script that no font of this machine can write; empty if all is legible.

    Raises:
        DataError: Not as many names as classes, or none.
        StorageError: The file could not be written.
    """
    figure, messages = confusion_figure(matrix, names, title)
    save_figure(figure, path)
    return messages


def confusion_figure(
    matrix: Int[np.ndarray, "true predicted"], names: Sequence[str], title: str = ""
) -> tuple["Figure", list[str]]:
    """The figure that `draw_confusion` saves, to be changed at will, and the messages."""
    from matplotlib.figure import Figure

    if not names or matrix.shape != (len(names), len(names)):
        raise DataError(
            f"A confusion matrix needs a name for each row and column, but is {matrix.shape[0]} × {matrix.shape[1]} "
            f"with {len(names)} names. Give those of the model's classes."
        )
    names, title = [visible(name) for name in names], visible(title)
    families, missing = fonts_for([*names, title])
    labels = [replaced(name, number, missing) for number, name in enumerate(names, 1)]
    side = min(_MOST, max(2.4, _CELL * len(names)))
    beside = 0.5 + min(2.5, 0.08 * max(map(len, labels)))
    figure = Figure(figsize=(side + beside, side + beside + 0.3), dpi=_DPI, facecolor=PAPER, layout="constrained")
    axes = figure.subplots()
    _draw(axes, matrix)
    _name(axes, labels, families)
    if title:
        axes.set_title(replaced(title, 1, missing), family=families, parse_math=False, fontsize=11, color=INK, pad=12)
    return figure, missing_messages([*names, title], missing)


def _draw(axes: "Axes", matrix: np.ndarray) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    classes = len(matrix)
    line = 1.2 if classes <= _WRITTEN else 0.0
    colours = LinearSegmentedColormap.from_list("saccade", COLOURS)
    axes.pcolormesh(shares, cmap=colours, vmin=0, vmax=1, edgecolors=PAPER if line else "none", linewidth=line)
    axes.set_aspect("equal")
    axes.invert_yaxis()
    axes.spines[:].set_visible(False)
    if classes > _WRITTEN:
        return
    for row, column in zip(*np.nonzero(matrix), strict=True):
        share = shares[row, column]
        colour = PAPER if share > 0.5 else INK
        text = f"{matrix[row, column]}"
        size = min(7.0, 19 / len(text))
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=size, color=colour)


def _name(axes: "Axes", labels: list[str], families: list[str]) -> None:
    # `parse_math`: a label such as $x$ is to be drawn as it stands.
    style: dict[str, Any] = {"family": families, "parse_math": False, "fontsize": 8 if len(labels) <= _WRITTEN else 4}
    axes.tick_params(length=0, labelcolor=INK, pad=3)
    places = [number + 0.5 for number in range(len(labels))] if len(labels) <= _NAMED else []
    shown = labels if places else []
    turned = max(map(len, labels)) > 3
    axes.set_yticks(places, shown, **style)
    axes.set_xticks(places, shown, rotation=45 if turned else 0, ha="right" if turned else "center", **style)
    if turned:
        for label in axes.get_xticklabels():
            label.set_rotation_mode("anchor")
    axes.set_xlabel("what the model said", fontsize=8, color=SOFT)
    axes.set_ylabel("what it is", fontsize=8, color=SOFT)
