"""Curves show each run's scores at their buckets, with bands, in picture and page."""

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.metrics import BucketScore
from saccade.viewer import curves_block, curves_figure, curves_page
from saccade.viewer.curves import bucket_labels, score_range

CURVES = {
    "attention": [
        BucketScore("1–10", 97, 6.5, 41.0, 39.0, 43.0),
        BucketScore("11–20", 53, 14.5, 40.0, 37.0, 43.0),
        BucketScore("51+", 13, 60.5, 38.0, 31.0, 45.0),
    ],
    "<fixed> & small": [
        BucketScore("1–10", 97, 6.5, 31.0, 29.0, 33.0),
        BucketScore("51+", 13, 60.5, 2.0, 1.0, 5.0),
    ],
}


def test_buckets_in_order_of_length() -> None:
    assert bucket_labels(CURVES) == ["1–10", "11–20", "51+"]
    eight = {"a": [BucketScore(str(n), 3, float(n), 1.0, 1.0, 1.0) for n in (10, 2, 1)]}
    assert bucket_labels(eight) == ["1", "2", "10"]


@pytest.mark.parametrize("curves", [{}, {"a": []}])
def test_nothing_to_draw_is_said(curves: dict[str, list[BucketScore]]) -> None:
    with pytest.raises(DataError, match=r"no curve to draw"):
        curves_page(curves)


def test_shares_end_at_a_hundred() -> None:
    assert score_range({"a": [BucketScore("1", 7, 1.0, 99.5, 99.0, 100.0)]}) == (0.0, 100.0)
    assert score_range(CURVES) == pytest.approx((0.0, 47.25))


def test_the_picture_holds_the_scores() -> None:
    figure, messages = curves_figure(CURVES, title="By length", x_label="words", y_label="BLEU")
    assert messages == []
    axes = figure.axes[0]
    first, second = axes.get_lines()
    np.testing.assert_array_equal(first.get_xydata(), [[0, 41], [1, 40], [2, 38]])
    np.testing.assert_array_equal(second.get_xydata(), [[0, 31], [2, 2]])
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1–10", "11–20", "51+"]
    band = axes.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (31, 45)
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == list(CURVES)


def test_the_block_holds_every_score_at_its_place() -> None:
    block = curves_block(CURVES, x_label="words", y_label="BLEU")
    assert block["x"] == {
        "label": "words",
        "places": ["1–10", "11–20", "51+"],
        "counts": [97, 53, 13],
        "counted": "sentences",
    }
    assert [line["name"] for line in block["lines"]] == list(CURVES)
    assert block["lines"][0]["points"] == [[0, 41.0, 39.0, 43.0], [1, 40.0, 37.0, 43.0], [2, 38.0, 31.0, 45.0]]
    assert block["lines"][1]["points"] == [[0, 31.0, 29.0, 33.0], [2, 2.0, 1.0, 5.0]]


def test_names_stay_text_and_the_heading_says_what_it_is() -> None:
    text = curves_page(CURVES, x_label="words", y_label="BLEU")
    assert "<fixed>" not in text
    assert '<h1 dir="auto">BLEU by words</h1>' in text
