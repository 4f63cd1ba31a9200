"""Links are held against sure and possible ones."""

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.metrics import AlignmentError
from saccade.metrics.alignment_error import precision_and_recall

SURE, POSSIBLE = {(0, 0), (2, 1)}, {(0, 0), (2, 1), (1, 1), (1, 2)}


@pytest.mark.parametrize(
    ("found", "error"),
    [
        (SURE, 0.0),
        (POSSIBLE, 0.0),  # (2 + 4) / (4 + 2)
        (set(), 100.0),
        ({(5, 5)}, 100.0),
        ({(0, 0), (3, 3)}, 50.0),  # (1 + 1) / (2 + 2)
        ({(1, 1), (1, 2), (2, 1)}, 20.0),  # (1 + 3) / (3 + 2)
    ],
)
def test_the_rate_of_och_and_ney(found: set[tuple[int, int]], error: float) -> None:
    assert AlignmentError().measure([found], [SURE], [POSSIBLE]).score == pytest.approx(error)


def test_sentences_are_added_up_not_averaged() -> None:
    # 5 of 5 hits, then 0 of 3: (2 + 2 + 0 + 0) / (2 + 2 + 1 + 2)
    rate = AlignmentError().measure([SURE, {(9, 9)}], [SURE, SURE], [POSSIBLE, POSSIBLE])
    assert rate.score == pytest.approx(100 * (1 - 4 / 7))
    assert rate.low <= rate.score <= rate.high


def test_sure_links_are_possible_ones_though_nobody_says_so() -> None:
    assert AlignmentError().measure([SURE], [SURE], [set()]).score == 0.0


def test_without_links_nothing_is_wrong() -> None:
    assert AlignmentError().measure([set()], [set()], [set()]).score == 0.0
    assert precision_and_recall(np.array([0, 0, 0, 0])) == (0.0, 0.0)


def test_as_many_are_needed() -> None:
    with pytest.raises(DataError, match="there are 1 to be judged, 2 of sure and 1 of possible ones"):
        AlignmentError().statistics([SURE], [SURE, SURE], [POSSIBLE])
    with pytest.raises(DataError, match="at least one"):
        AlignmentError().statistics([], [], [])
