"""Figures of labels: known answers, ties, sums over images, and what cannot be measured."""

import numpy as np
import pytest
from torch.testing import assert_close

from saccade.errors import DataError, OptionError
from saccade.metrics import LABEL_METRICS, CalibrationError, NegativeLogLikelihood, Top, interval

IMAGES, LABELS = 11, 7


def random_logits() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(IMAGES, LABELS)).astype(np.float32) * 2, random.integers(0, LABELS, IMAGES)


def test_top_as_sorting_finds_it() -> None:
    logits, labels = random_logits()
    order = np.argsort(-logits, axis=1)
    for best in (1, 2, 5):
        expected = 100 * np.mean([label in row[:best] for row, label in zip(order, labels, strict=True)])
        assert_close(Top(best).measure(logits, labels), float(expected))


def test_a_model_that_tells_nothing_apart_gets_no_more_than_its_first_labels() -> None:
    labels = np.arange(LABELS)
    assert_close(Top(1).measure(np.zeros((LABELS, LABELS)), labels), 100 / LABELS)
    assert_close(Top(5).measure(np.zeros((LABELS, LABELS)), labels), 500 / LABELS)


def test_top_of_more_labels_than_there_are() -> None:
    assert Top(5).measure(np.array([[1.0, 0.0]]), np.array([1])) == 100.0


def test_calibration_by_hand() -> None:
    # Bins of a tenth: two images of confidence 0.9, one right: |1 - 1.8|; one of 0.95, wrong; one of 0.6, right.
    shares = np.array([[0.9, 0.1], [0.1, 0.9], [0.95, 0.05], [0.6, 0.4]])
    labels = np.array([0, 0, 1, 0])
    expected = 100 * (abs(1 - 1.8) + abs(0 - 0.95) + abs(1 - 0.6)) / 4
    assert_close(CalibrationError(bins=10).measure(np.log(shares), labels), expected)
    # In one bin, too little confidence makes up for too much.
    assert_close(CalibrationError(bins=1).measure(np.log(shares), labels), 100 * abs(2 - 3.35) / 4)


@pytest.mark.parametrize(("share", "place"), [(0.2, 2), (0.4, 5), (1 / 3, 4), (1.0, 14), (0.4 + 1e-6, 6)])
def test_the_edge_of_a_bin_belongs_to_the_lower_one(share: float, place: int) -> None:
    rest = (1 - share) / (LABELS - 1)
    logits = np.log(np.array([[share, *[max(rest, 1e-300)] * (LABELS - 1)]]))
    counts = CalibrationError(bins=15).statistics(logits, np.array([0])).reshape(15, 3)
    assert counts[:, 0].argmax() == place


def test_surprise_by_hand() -> None:
    logits = np.log(np.array([[0.5, 0.5], [0.25, 0.75]])) + np.array([[3.0], [-5.0]])
    assert_close(NegativeLogLikelihood().measure(logits, np.array([0, 0])), (np.log(2) + np.log(4)) / 2)


def test_large_logits_stay_finite() -> None:
    logits = np.array([[1000.0, 0.0], [-1000.0, 0.0]], np.float32)
    assert_close(NegativeLogLikelihood().measure(logits, np.array([0, 1])), 0.0)
    assert_close(NegativeLogLikelihood().measure(logits, np.array([1, 1])), 500.0)


@pytest.mark.parametrize("name", LABEL_METRICS)
def test_statistics_add_up_and_can_be_resampled(name: str) -> None:
    metric = LABEL_METRICS[name]()
    logits, labels = random_logits()
    statistics = metric.statistics(logits, labels)
    assert (metric.name, len(statistics)) == (name, IMAGES)
    parts = sum(metric.statistics(logits[part], labels[part]).sum(axis=0) for part in (slice(4), slice(4, None)))
    assert_close(metric.score(np.asarray(parts)), metric.measure(logits, labels))
    found = interval(metric, statistics, resamples=100)
    assert found.low <= found.score <= found.high
    assert found.low < found.high
    assert metric.signature()


@pytest.mark.parametrize("name", LABEL_METRICS)
def test_adding_a_number_to_an_image_s_logits_changes_nothing(name: str) -> None:
    logits, labels = random_logits()
    moved = logits.astype(np.float64) + np.arange(IMAGES)[:, None]
    metric = LABEL_METRICS[name]()
    assert_close(metric.measure(moved, labels), metric.measure(logits.astype(np.float64), labels))


def test_what_cannot_be_measured() -> None:
    logits, labels = random_logits()
    with pytest.raises(DataError, match="logits of 11 images and 10 labels"):
        Top().measure(logits, labels[:-1])
    with pytest.raises(DataError, match="at least one image"):
        Top().measure(logits[:0], labels[:0])
    with pytest.raises(DataError, match="must be 0 to 6, one of those the model tells apart, but one is 7"):
        Top().measure(logits, labels * 0 + LABELS)
    with pytest.raises(DataError, match="but one is -1"):
        Top().measure(logits, labels * 0 - 1)
    logits[3, 2] = np.nan
    with pytest.raises(DataError, match="logits of image 3 are not all finite"):
        Top().measure(logits, labels)
    with pytest.raises(OptionError, match="`best` of top must be at least 1, but is 0"):
        Top(0)
    with pytest.raises(OptionError, match="`bins` of calibration must be at least 1, but is 0"):
        CalibrationError(0)
