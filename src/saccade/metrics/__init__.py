"""Metrics: how good outputs are, how sure that is, and how it depends on the length of the source."""

from saccade.metrics.bleu import Bleu
from saccade.metrics.bootstrap import Comparison, Interval, compare, interval
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
from saccade.metrics.cer import CharacterErrorRate
from saccade.metrics.chrf import Chrf
from saccade.metrics.exact import Exact
from saccade.metrics.items import Items
from saccade.metrics.metric import Metric
from saccade.metrics.wer import WordErrorRate

METRICS: dict[str, type[Metric]] = {
    "bleu": Bleu,
    "chrf": Chrf,
    "exact": Exact,
    "cer": CharacterErrorRate,
    "wer": WordErrorRate,
    "items": Items,
}

__all__ = [
    "METRICS",
    "UNITS",
    "Bleu",
    "Bucket",
    "BucketScore",
    "CharacterErrorRate",
    "Chrf",
    "Comparison",
    "Exact",
    "Interval",
    "Items",
    "Metric",
    "WordErrorRate",
    "buckets",
    "by_length",
    "compare",
    "compare_by_length",
    "default_edges",
    "interval",
    "source_lengths",
]
