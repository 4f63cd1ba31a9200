"""Quality against source length, a line for each run: what its picture and its page share."""

from collections.abc import Mapping, Sequence

from saccade.errors import DataError
from saccade.metrics import BucketScore

Curves = Mapping[str, Sequence[BucketScore]]
"""The buckets of each run, by the run's name."""

# Told apart by the colour-blind too (Okabe and Ito 2008), and by dashes besides.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")


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
