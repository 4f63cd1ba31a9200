"""A look in a terminal: a heat map of unicode shades."""

import unicodedata
from collections.abc import Sequence

from saccade.errors import OptionError
from saccade.maps import Look
from saccade.viewer.segments import labels

SHADES = " ░▒▓█"
_LEAST_WIDTH = 16
_WIDEST_LABEL = 18


def blocks(look: Look, width: int = 80) -> str:
    """Draw a look as text: a row for each output word, a column for each source word, dark where it looked.

    Words are joined where the look knows them. Wide characters, such as 我, count as two columns. Where the columns
    don't fit side by side, they follow below each other, each time with the rows that looked there.

    Args:
        look: What to draw.
        width: Columns of the terminal, at least 16.

    Returns:
        Lines, none wider than `width`, without an end of line after the last.

    Raises:
        OptionError: The width is below 16.

    Example:
        >>> import numpy as np
        >>> from saccade.maps import AttentionMap, Axis
        >>> target, source = Axis("target", ("I", "love", "China")), Axis("source", ("我", "爱", "中国"))
        >>> look = Look("我爱中国", "I love China", -0.5, -1.5, AttentionMap(np.eye(3), (target, source)))
        >>> for line in blocks(look).splitlines():
        ...     print(line.replace(" ", "_"))
        ______我___爱___中国
        ____I_████
        _love______████
        China___________████
    """
    if width < _LEAST_WIDTH:
        raise OptionError(f"`width` must be at least {_LEAST_WIDTH} columns, but is {width}. Widen the terminal.")
    seen = look.words if look.has_words else look.map
    target = labels(look.output, seen.axes[0])
    source = labels(look.source, seen.axes[1])
    margin = min(max(map(cells, target), default=0), _WIDEST_LABEL, width // 3)
    room = width - margin - 1
    cell = _cell_width(source, room)
    each = max(1, (room + 1) // (cell + 1))  # columns side by side
    parts = [range(start, min(start + each, len(source))) for start in range(0, len(source), each)]
    drawn = []
    for columns in parts:
        lines = [" " * (margin + 1) + line for line in _head([source[column] for column in columns], cell)]
        for row, label in enumerate(target):
            shades = " ".join(shade(float(seen.weights[row, column])) * cell for column in columns)
            if shades.strip() or len(parts) == 1:
                lines.append(fitted(label, margin, right=True) + " " + shades)
        drawn.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(drawn)


def _cell_width(source: Sequence[str], room: int) -> int:
    """As wide as the longest label, if all fit; else as wide as fits, but at least two columns."""
    longest = max(map(cells, source), default=1)
    fitting = (room + 1) // max(1, len(source)) - 1
    return min(max(2, min(longest, fitting, _WIDEST_LABEL)), room)


def _head(names: Sequence[str], cell: int) -> list[str]:
    """The columns' labels in one line; or, where one is cut by more than half, written downwards."""
    if all(cells(name) <= max(cell, 3) for name in names) or cell >= 6:
        return [" ".join(fitted(name, cell) for name in names)]
    tall = min(max(map(len, names), default=0), _WIDEST_LABEL)
    letters = [_stacked(name, tall) for name in names]
    return [" ".join(fitted(column[line], cell) for column in letters) for line in range(tall)]


def _stacked(name: str, tall: int) -> list[str]:
    """The characters of a label, last at the bottom; marks stay on their letter."""
    letters: list[str] = []
    for character in name:
        if letters and unicodedata.combining(character):
            letters[-1] += character
        else:
            letters.append(character)
    kept = letters if len(letters) <= tall else [*letters[: tall - 1], "…"]
    return [""] * (tall - len(kept)) + kept


def fitted(label: str, columns: int, right: bool = False) -> str:
    """The label in exactly so many columns, cut with … where it is longer."""
    from rich.cells import set_cell_size

    if cells(label) > columns:
        label = set_cell_size(label, max(0, columns - 1)).rstrip() + "…"
    blank = " " * (columns - cells(label))
    return blank + label if right else label + blank


def cells(text: str) -> int:
    """How many columns a text takes."""
    from rich.cells import cell_len

    return cell_len(text)


def shade(weight: float) -> str:
    """The shade of a weight; only what rounds to nothing is left blank."""
    steps = len(SHADES) - 1
    return SHADES[min(steps, max(0, round(weight * steps + 0.25)))]
