"""How runs learnt, and what of each class they find: what the picture and the page of it share."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, final

from saccade.errors import DataError

Point = tuple[float, float]
"""An update, and a figure after it."""

MOST_CLASSES: Final = 40
"""Classes that are drawn: of more, those that differ most from run to run."""


@final
class Course(NamedTuple):
    """How one run learnt, and what it came to.

    Attributes:
        training: The loss on what is trained on, by update.
        loss: The loss of the validations, by update.
        figure: The figure that runs are compared by, of the validations, by update.
        found: The share of each class that is found, in per cent.
    """

    training: Sequence[Point]
    loss: Sequence[Point]
    figure: Sequence[Point]
    found: Mapping[str, float]


Courses = Mapping[str, Course]
"""The course of each run, by the run's name."""


@final
class Panel(NamedTuple):
    """One drawing against the update.

    Attributes:
        label: What is drawn.
        lines: For each run.
        faint: For each run, what is drawn thin behind its line.
        low: Least value that is drawn.
        high: Highest value that is drawn; what lies above is cut off.
    """

    label: str
    lines: list[Sequence[Point]]
    faint: list[Sequence[Point]]
    low: float
    high: float


def panels(courses: Courses, figure: str) -> list[Panel]:
    """The loss against the update, and the figure, where validations gave it.

    Raises:
        DataError: No run has learnt anything yet.
    """
    runs = list(courses.values())
    losses = [run.loss for run in runs], [run.training for run in runs]
    drawn = (
        [Panel("loss (thin: in training)", *losses, *_ends([*losses[0], *losses[1]]))] if any(map(any, losses)) else []
    )
    figures = [run.figure for run in runs]
    if figure != "loss" and any(figures):
        drawn.append(Panel(figure, figures, [[] for _ in runs], *_ends(figures)))
    if not drawn:
        raise DataError("There is no course to draw: no run has a figure of its training. Train one for longer.")
    return drawn


def last_update(courses: Courses) -> float:
    """Up to where the courses go."""
    return max(update for run in courses.values() for line in run[:3] for update, _ in line)


def drawn_classes(courses: Courses) -> list[str]:
    """The classes that are drawn, in their order."""
    names = list(dict.fromkeys(name for run in courses.values() for name in run.found))
    most_apart = sorted(names, key=lambda name: -_apart(courses, name))[:MOST_CLASSES]
    return [name for name in names if name in most_apart]


def found_range(courses: Courses) -> tuple[float, float]:
    """From a round share below the worst class that is drawn up to all."""
    least = min(run.found[name] for run in courses.values() for name in drawn_classes(courses) if name in run.found)
    below = [tick for tick in (0.0, 20.0, 40.0, 60.0, 80.0) if tick < least]
    return max(below, default=0.0), 100.0


def _apart(courses: Courses, name: str) -> float:
    shares = [run.found[name] for run in courses.values() if name in run.found]
    return max(shares) - min(shares)


def _ends(lines: Sequence[Sequence[Point]]) -> tuple[float, float]:
    """From a little below to a little above, but for the one value in fifty that leaps out."""
    values = sorted(value for line in lines for _, value in line)
    low, high = values[0], values[-1 - len(values) // 50]
    edge = 0.05 * (high - low) or 0.05 * abs(high) or 0.05
    return low - edge, high + edge
