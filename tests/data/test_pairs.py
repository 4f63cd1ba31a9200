"""Pairs on disk."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.pairs import Pairs
from saccade.errors import DataError

PAIRS = [(f"source {number}", f"Ziel {number}") for number in range(45_007)]
"""More than two chunks."""


@pytest.fixture(scope="module")
def pairs() -> Pairs:
    return Pairs.of(iter(PAIRS))


def test_what_went_in_comes_out(pairs: Pairs) -> None:
    assert len(pairs) == len(pairs.source) == len(pairs.target) == len(PAIRS)
    assert list(pairs) == PAIRS
    assert list(pairs.target) == [target for _, target in PAIRS]


@pytest.mark.parametrize("place", [0, 19_999, 20_000, 40_001, -1, -45_007])
def test_one_by_its_place(pairs: Pairs, place: int) -> None:
    assert pairs[place] == PAIRS[place]
    assert pairs.source[place] == PAIRS[place][0]


@pytest.mark.parametrize("part", [slice(19_997, 20_003), slice(-3, None), slice(5, 1, -2), slice(7, 7)])
def test_a_slice(pairs: Pairs, part: slice) -> None:
    assert pairs[part] == PAIRS[part]


@pytest.mark.parametrize("place", [45_007, -45_008])
def test_a_place_beyond(pairs: Pairs, place: int) -> None:
    with pytest.raises(IndexError):
        pairs[place]


def test_pairs_with_an_empty_side_are_left_out_and_counted() -> None:
    pairs = Pairs.of([("", "b"), ("a", "b"), ("c", " \t"), ("", ""), ("\u3000", "d")])
    assert list(pairs) == [("a", "b")]
    assert pairs.skipped == 4


def test_none_at_all() -> None:
    pairs = Pairs.of([])
    assert len(pairs) == 0
    assert list(pairs) == []


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8"))), max_size=17))
@settings(max_examples=60, deadline=None)
def test_any_text_is_kept_as_it_is(given_pairs: list[tuple[str, str]]) -> None:
    full = [(source, target) for source, target in given_pairs if source.strip() and target.strip()]
    assert list(Pairs.of(given_pairs)) == full


def test_the_temporary_file_goes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pairs = Pairs.of(PAIRS[:11])
    assert list(tmp_path.iterdir()) == []
    assert list(pairs) == PAIRS[:11]


def test_it_goes_too_when_reading_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken():
        yield "a", "b"
        raise DataError("line 2 is broken")

    with pytest.raises(DataError, match="line 2 is broken"):
        Pairs.of(broken())
    assert list(tmp_path.iterdir()) == []
