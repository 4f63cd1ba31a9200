"""What a training says while it runs: a live line in a terminal, plain lines elsewhere."""

import math
import sys
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from io import TextIOBase
from typing import Any, TextIO, final


@final
@dataclass(frozen=True)
class TrainingRow:
    """The figures of the updates since the last row.

    Args:
        update: Updates done since the beginning.
        epoch: The epoch, from 1.
        elapsed_s: Seconds of training, over interruptions.
        unit: What is counted: `tokens` (target tokens, without padding) or `images`.
        seen: How many of them since the beginning.
        learning_rate: The rate of the last update.
        loss: The smoothed loss that is minimised, a token or image.
        log_prob: The log-probability, a token or image.
        gradient_norm: Norm of the last update's gradient, before clipping.
        seen_per_s: How many of the unit a second, without validation and saving.
        padding: Share of padding in the batches; None where nothing is padded.
        left_s: Estimated seconds to the end; None where there is none to be known.
    """

    update: int
    epoch: int
    elapsed_s: float
    unit: str
    seen: int
    learning_rate: float
    loss: float
    log_prob: float
    gradient_norm: float
    seen_per_s: float
    padding: float | None
    left_s: float | None

    def figures(self) -> dict[str, Any]:
        """Give the figures by name, what is counted among them: `tokens`, `tokens_per_s`."""
        figures = asdict(self)
        unit = figures.pop("unit")
        return {name.replace("seen", unit): value for name, value in figures.items()}


class Progress(ABC):
    """Something that shows how a training goes."""

    @abstractmethod
    def training(self, row: TrainingRow, done: float) -> None:
        """Show the figures of some updates, and the share of the training that is done."""

    @abstractmethod
    def validation(self, update: int, figures: dict[str, float], *, is_best: bool) -> None:
        """Show the figures of a validation."""

    @abstractmethod
    def close(self) -> None:
        """Leave the terminal as it was."""


@final
class Plain(Progress):
    """Write lines, for a file or a pipe.

    Args:
        stream: Where to.
        every_s: Least seconds of training between two lines about training.
    """

    def __init__(self, stream: TextIOBase | TextIO | None = None, *, every_s: float = 10.0) -> None:
        self._stream = stream or sys.stderr
        self._every_s = every_s
        self._last_s = -math.inf

    def training(self, row: TrainingRow, done: float) -> None:
        """Write a line, unless the last one is very recent."""
        if row.elapsed_s - self._last_s >= self._every_s:
            self._last_s = row.elapsed_s
            print(f"update {row.update} · {describe(row)}", file=self._stream, flush=True)

    def validation(self, update: int, figures: dict[str, float], *, is_best: bool) -> None:
        """Write a line."""
        print(
            f"update {update} · validation · {describe_figures(figures, is_best=is_best)}",
            file=self._stream,
            flush=True,
        )

    def close(self) -> None:
        """Do nothing."""


@final
class Live(Progress):
    """Keep one line up to date in a terminal, and leave a line for each validation above it."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, TaskProgressColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (BarColumn(bar_width=10), TaskProgressColumn(), TextColumn("{task.description}"))
        self._bar = Bar(*columns, console=Console(stderr=True), auto_refresh=False, transient=True)
        self._task = self._bar.add_task("the first updates …", total=1.0)
        self._bar.start()

    def training(self, row: TrainingRow, done: float) -> None:
        """Bring the line up to date."""
        self._bar.update(self._task, completed=done, description=describe(row), refresh=True)

    def validation(self, update: int, figures: dict[str, float], *, is_best: bool) -> None:
        """Leave a line above the live one."""
        text = f"update {update} · {describe_figures(figures, is_best=is_best)}"
        self._bar.console.print(text, markup=False, highlight=False)

    def close(self) -> None:
        """Remove the live line."""
        self._bar.stop()


@final
class Silent(Progress):
    """Show nothing."""

    def training(self, row: TrainingRow, done: float) -> None:
        """Do nothing."""

    def validation(self, update: int, figures: dict[str, float], *, is_best: bool) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def progress_for_terminal() -> Progress:
    """Choose the live line where stderr is a terminal, else plain lines."""
    return Live() if sys.stderr.isatty() else Plain()


def describe(row: TrainingRow) -> str:
    """Put a row into words."""
    parts = [f"epoch {row.epoch}", f"loss {row.loss:.3f}", f"{row.seen_per_s:,.0f} {row.unit}/s"]
    parts += [] if row.padding is None else [f"padding {row.padding:.1%}"]
    parts += [] if row.left_s is None else [f"{clock(row.left_s)} left"]
    return " · ".join(parts)


def describe_figures(figures: dict[str, float], *, is_best: bool) -> str:
    """Put the figures of a validation into words.

    Example:
        >>> describe_figures({"bleu": 31.25, "loss": 2.0}, is_best=True)
        'bleu 31.25 · loss 2 · best so far'
    """
    parts = [f"{name} {value:.4g}" for name, value in figures.items()]
    return " · ".join([*parts, "best so far"] if is_best else parts)


def clock(seconds: float) -> str:
    """Write a time as on a clock.

    Example:
        >>> clock(59.6), clock(3723.0)
        ('1:00', '1:02:03')
    """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
