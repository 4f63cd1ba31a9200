"""Courses show how each run learnt and what of each class it finds, in picture and page."""

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.viewer import Course, courses_block, courses_figure, courses_page
from saccade.viewer.courses import MOST_CLASSES, drawn_classes, found_range, panels

COURSES = {
    "plain": Course(
        [(50.0, 2.0), (100.0, 1.5), (150.0, 1.0)],
        [(70.0, 1.25), (140.0, 0.75)],
        [(70.0, 40.0), (140.0, 61.0)],
        {"cat": 53.0, "dog": 71.0},
    ),
    "<gated> & small": Course([(50.0, 2.5)], [(70.0, 1.75)], [(70.0, 30.0)], {"cat": 59.0, "dog": 67.0}),
}


def test_the_loss_and_the_figure_have_a_panel_each() -> None:
    loss, top1 = panels(COURSES, "top1")
    assert (loss.label, top1.label) == ("loss (thin: in training)", "top1")
    assert [len(line) for line in (*loss.lines, *loss.faint, *top1.lines)] == [2, 1, 3, 1, 2, 1]
    assert (loss.low, loss.high) == pytest.approx((0.75 - 0.0875, 2.5 + 0.0875))
    # Runs that are compared by their loss need no second panel of it.
    assert len(panels(COURSES, "loss")) == 1


def test_one_loss_in_fifty_that_leaps_out_does_not_flatten_the_others() -> None:
    line = [(float(update), 1.0) for update in range(1, 60)] + [(60.0, 1e9)]
    [panel] = panels({"a": Course(line, [], [], {})}, "top1")
    assert panel.high < 2


def test_a_run_that_has_not_learnt_is_said() -> None:
    with pytest.raises(DataError, match=r"no run has a figure of its training"):
        courses_page({"new": Course([], [], [], {"cat": 0.0})})


def test_of_many_classes_those_that_differ_most_are_drawn_in_their_order() -> None:
    names = [f"class {number}" for number in range(MOST_CLASSES + 7)]
    first = dict.fromkeys(names, 50.0)
    second = {name: 50.0 + (number >= 7) for number, name in enumerate(names)}
    courses = {key: Course([(1.0, 1.0)], [], [], found) for key, found in (("a", first), ("b", second))}
    assert drawn_classes(courses) == names[7:]
    assert found_range(courses) == (40.0, 100.0)


def test_the_picture_holds_the_figures() -> None:
    figure, messages = courses_figure(COURSES, title="Two runs", figure="top1")
    assert messages == []
    loss, top1, classes = figure.axes
    np.testing.assert_array_equal(loss.get_lines()[1].get_xydata(), COURSES["plain"].loss)
    np.testing.assert_array_equal(loss.get_lines()[0].get_xydata(), COURSES["plain"].training)
    np.testing.assert_array_equal(top1.get_lines()[1].get_xydata(), COURSES["plain"].figure)
    np.testing.assert_array_equal(classes.collections[1].get_offsets(), [[59, 0], [67, 1]])
    assert [text.get_text() for text in classes.get_yticklabels()] == ["cat", "dog"]
    [legend] = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(COURSES)


def test_the_block_holds_courses_and_classes() -> None:
    block = courses_block(COURSES, figure="top1")
    loss, top1 = block["panels"]
    assert (loss["x"]["ends"], top1["y"]["label"]) == ([0, 150], "top1")
    assert [line["points"] for line in loss["lines"]] == [[[70, 1.25], [140, 0.75]], [[70, 1.75]]]
    assert [len(line["thin"]) for line in (*loss["lines"], *top1["lines"])] == [3, 1, 0, 0]
    assert block["found"] == {
        "classes": ["cat", "dog"],
        "drawn": [0, 1],
        "ends": [40, 100],
        "shares": [[53, 59], [71, 67]],
    }


def test_names_stay_text() -> None:
    text = courses_page(COURSES, title="</title><script>alert(1)</script>")
    assert "<gated>" not in text
    assert text.count("<script") == 2


def test_runs_without_classes_are_drawn_without_them() -> None:
    alone = {"a": COURSES["plain"]._replace(found={})}
    assert courses_block(alone)["found"] is None
    assert len(courses_figure(alone, figure="top1")[0].axes) == 2
