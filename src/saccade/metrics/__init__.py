"""Metrics: how good outputs and labels are, how sure that is, and whether maps fall on what is to be seen."""

from collections.abc import Callable
from functools import partial

from saccade.metrics.alignment_error import AlignmentError
from saccade.metrics.bleu import Bleu
from saccade.metrics.bootstrap import (
    Comparison,
    Interval,
    Scored,
    compare,
    interval,
    interval_of_mean,
    intervals_of_means,
)
from saccade.metrics.by_length import (
    UNITS,
    Bucket,
    BucketScore,
    buckets,
    by_length,
    compare_by_length,
    default_edges,
    source_lengths,
)
from saccade.metrics.calibration import CalibrationError, NegativeLogLikelihood
from saccade.metrics.cer import CharacterErrorRate
from saccade.metrics.chrf import Chrf
from saccade.metrics.confusion import ClassScore, confusion, per_class
from saccade.metrics.density import Density, amounts, density
from saccade.metrics.exact import Exact
from saccade.metrics.guesses import GUESS_METRICS, Guesses, GuessMetric
from saccade.metrics.item_pointing import item_pointing
from saccade.metrics.items import Items
from saccade.metrics.labels import LabelMetric, Top
from saccade.metrics.metric import Metric
from saccade.metrics.pointing import Against, Pointing, pointing
from saccade.metrics.wer import WordErrorRate

METRICS: dict[str, type[Metric]] = {
    "bleu": Bleu,
    "chrf": Chrf,
    "exact": Exact,
    "cer": CharacterErrorRate,
    "wer": WordErrorRate,
    "items": Items,
}
LABEL_METRICS: dict[str, Callable[..., LabelMetric]] = {
    "top1": partial(Top, 1),
    "top5": partial(Top, 5),
    "nll": NegativeLogLikelihood,
    "calibration": CalibrationError,
}

__all__ = [
    "GUESS_METRICS",
    "LABEL_METRICS",
    "METRICS",
    "UNITS",
    "Against",
    "AlignmentError",
    "Bleu",
    "Bucket",
    "BucketScore",
    "CalibrationError",
    "CharacterErrorRate",
    "Chrf",
    "ClassScore",
    "Comparison",
    "Density",
    "Exact",
    "GuessMetric",
    "Guesses",
    "Interval",
    "Items",
    "LabelMetric",
    "Metric",
    "NegativeLogLikelihood",
    "Pointing",
    "Scored",
    "Top",
    "WordErrorRate",
    "amounts",
    "buckets",
    "by_length",
    "compare",
    "compare_by_length",
    "confusion",
    "default_edges",
    "density",
    "interval",
    "interval_of_mean",
    "intervals_of_means",
    "item_pointing",
    "per_class",
    "pointing",
    "source_lengths",
]
