"""Printed texts: numbers, dates that are there, words that can be told from each other."""

import re
from random import Random

import pytest

from saccade.data.printed_texts import KINDS, date, number, word


@pytest.fixture
def random() -> Random:
    return Random(7)


def test_numbers_are_of_all_kinds(random: Random) -> None:
    texts = [number(random) for _ in range(700)]
    forms = (r"\d+", r"0\d{3,}", r"\d{1,3}(,\d{3})+", r"\d+\.\d{1,3}", r"\d+(\.\d)?%", r"[$€£]\d+\.\d\d", r"[+-]\d+")
    for form in forms:
        assert any(re.fullmatch(form, text) for text in texts), form
    assert all(any(re.fullmatch(form, text) for form in forms) for text in texts)


def test_dates_are_days_that_there_are(random: Random) -> None:
    texts = [date(random) for _ in range(500)]
    days = [tuple(map(int, text.split("-"))) for text in texts if re.fullmatch(r"\d{4}-\d\d-\d\d", text)]
    assert len(days) > 20
    assert all(1900 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= 31 for year, month, day in days)


def test_no_word_is_known_by_its_size_alone(random: Random) -> None:
    words = [word(random) for _ in range(2_000)]
    assert all(found.isalpha() for found in words)
    assert {found.isupper() for found in words} == {True, False}
    assert not any(set(found) <= set("cosuvwxz") or set(found) <= set("COSUVWXZ") for found in words)
    assert not any(found[0] in "lI" and not found.isupper() for found in words)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_chance_gives_the_same_texts(kind: str) -> None:
    once, again = ([KINDS[kind](random) for _ in range(20)] for random in (Random(3), Random(3)))
    assert once == again
