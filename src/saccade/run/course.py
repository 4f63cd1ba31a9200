"""How a run learnt, as its folder says."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from saccade import viewer
from saccade.training.metrics_file import METRICS, read_metrics


def course_of(run: Path, metric: str, found: Mapping[str, float] | None = None) -> viewer.Course:
    """The loss in training and in validation, and a metric of the validations, by update.

    Args:
        run: The run folder.
        metric: Its name.
        found: How much of each class it finds, where it gives labels.

    Raises:
        RunError: The folder has lost the figures of its training.
    """
    rows = read_metrics(run / METRICS)
    training = [row for row in rows if row["kind"] == "training"]
    # Averaged weights are tried at the end, and are no point of the course.
    validation = [row for row in rows if row["kind"] == "validation" and row.get("weights") == "current"]
    return viewer.Course(
        # Without smoothing, as validations measure it.
        [(update, -log_prob) for update, log_prob in _points(training, "log_prob")],
        _points(validation, "loss"),
        _points(validation, metric),
        found or {},
    )


def _points(rows: Sequence[dict[str, Any]], figure: str) -> list[tuple[float, float]]:
    """A figure by update, where it is there and a number."""
    return [(float(row["update"]), float(row[figure])) for row in rows if row.get(figure) is not None]
