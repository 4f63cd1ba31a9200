"""The heat map in a terminal: aligned in columns, never wider than asked for, harmless."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from saccade.errors import OptionError
from saccade.maps import AttentionMap, Axis, Look
from saccade.viewer import blocks


def test_words_by_hand(china: Look) -> None:
    assert blocks(china, 40).splitlines() == [
        "      我    爱    中国  <end>",
        "    I █████ ░░░░░",
        " love       █████ ░░░░░",
        "China             █████",
        "<end>             ░░░░░ █████",
    ]


def labelled(weights: np.ndarray, target: list[str], source: list[str]) -> Look:
    axes = (Axis("target", tuple(target)), Axis("source", tuple(source)))
    return Look("", "", 0.0, 0.0, AttentionMap(weights, axes))


@given(
    width=st.integers(16, 120),
    target=st.lists(st.text(max_size=23), min_size=1, max_size=7),
    source=st.lists(st.text(max_size=23), min_size=1, max_size=31),
)
def test_no_line_is_too_wide(width: int, target: list[str], source: list[str]) -> None:
    drawn = blocks(labelled(np.ones((len(target), len(source))), target, source), width)
    assert max(map(cell_len, drawn.split("\n"))) <= width
    # Every weight is 1: each column is full in each row.
    cells = [line.split(" ") for line in drawn.split("\n")]
    full = sum(set(cell) == {"█"} for line in cells for cell in line)
    assert full >= len(target) * len(source)


def test_labels_too_long_for_their_columns_are_written_downwards() -> None:
    drawn = blocks(labelled(np.eye(5), list("abcde"), ["one", "two", "three", "four", "中国"]), 17)
    assert drawn.splitlines() == [
        "        t",
        "        h  f",
        "  o  t  r  o",
        "  n  w  e  u  中",
        "  e  o  e  r  国",
        "a ██",
        "b    ██",
        "c       ██",
        "d          ██",
        "e             ██",
    ]


def test_columns_that_do_not_fit_follow_below() -> None:
    drawn = blocks(labelled(np.eye(7), list("abcdefg"), list("hijklmn")), 16)
    first, second = drawn.split("\n\n")
    assert first.splitlines()[0].split() == list("hijkl")
    assert [line[0] for line in first.splitlines()[1:]] == list("abcde")
    assert [line[0] for line in second.splitlines()[1:]] == list("fg")


@pytest.mark.parametrize(
    ("weight", "shade"), [(0.0, " "), (0.05, " "), (0.2, "░"), (0.5, "▒"), (0.75, "▓"), (1.0, "█")]
)
def test_shades(weight: float, shade: str) -> None:
    assert blocks(labelled(np.array([[weight]]), ["a"], ["b"])).splitlines()[1:] == [f"a {shade * 2}".rstrip()]


def test_nothing_commands_the_terminal(hostile: Look) -> None:
    drawn = blocks(hostile, 200)
    assert "\x1b" not in drawn
    assert "·[31m" in drawn


def test_an_empty_map_is_an_empty_drawing() -> None:
    assert blocks(labelled(np.zeros((0, 3)), [], ["a", "b", "c"])).split() == ["a", "b", "c"]


def test_too_narrow_is_refused(china: Look) -> None:
    with pytest.raises(OptionError, match=r"`width` must be at least 16 columns, but is 7"):
        blocks(china, 7)
