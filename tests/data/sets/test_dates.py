"""Dates: exact, endless, each day in one split, as Babel writes them."""

import itertools
from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.date_forms import ORDINAL, Form, forms_of
from saccade.data.sets.dates import FIRST, LAST, LOCALES, SEPARATOR, ambiguous, date_lines, dates, days_of
from saccade.errors import OptionError

SPLITS = ("train", "validation", "test")
EVERY_FORM = [form for locale in LOCALES for form in forms_of(locale)]


def test_at_least_twelve_languages_in_many_forms() -> None:
    assert len({locale.split("_")[0] for locale in LOCALES}) >= 12
    assert len(EVERY_FORM) > 100
    assert all(len(forms_of(locale)) >= 5 for locale in LOCALES)


@given(st.dates(FIRST, LAST))
@settings(max_examples=50, deadline=None)
def test_forms_are_written_as_babel_writes_them(day: date) -> None:
    for form in EVERY_FORM:
        if ORDINAL not in form.pattern:
            expected = format_date(day, form.pattern, locale=form.locale)
            assert form.write(day) == expected.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("fr", "samedi 7 mars 1987"),
        ("de", "Samstag, 7. März 1987"),
        ("en_US", "March 7th, 1987"),
        ("en_GB", "7th of March 1987"),
        ("es", "7 de marzo de 1987"),
        ("ru", "7 марта 1987 г."),
        ("zh", "1987年3月7日"),
        ("ja", "1987年3月7日(土)"),
        ("ko", "1987년 3월 7일 토요일"),
        ("el", "Σάββατο 7 Μαρτίου 1987"),
        ("sv", "1987-03-07"),
    ],
)
def test_some_that_anyone_can_check(locale: str, written: str) -> None:
    assert written in {form.write(date(1987, 3, 7)) for form in forms_of(locale)}


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (22, "22nd"),
        (31, "31st"),
    ],
)
def test_english_ordinals(day: int, written: str) -> None:
    assert Form("en_US", "MMMM D, y").write(date(2024, 1, day)) == f"January {written}, 2024"


def test_no_text_means_two_days() -> None:
    """Every form of every day of a leap year; the day of the week is always Monday, since a writer may be mistaken."""
    tagged = ambiguous(LOCALES)
    meant: dict[str, date] = {}
    for day in (date(2024, 1, 1) + timedelta(number) for number in range(366)):
        for form in EVERY_FORM:
            tag = f"[{form.locale}] " if form in tagged else ""
            assert meant.setdefault(tag + form.write(day, weekday=0), day) == day


def test_only_where_it_is_needed_the_language_is_told() -> None:
    tagged = {(form.locale, form.pattern) for form in ambiguous(LOCALES)}
    assert {("en_US", "M/d/y"), ("en_GB", "dd/MM/y"), ("fr", "dd/MM/y"), ("en_US", "E, M/d/y")} <= tagged
    assert {locale for locale, _ in tagged}.isdisjoint({"de", "ja", "zh", "sv", "ko", "ru"})
    assert len(tagged) < len(EVERY_FORM) / 8


def test_no_form_holds_the_separator() -> None:
    for day in (date(1987, 3, 7) + timedelta(37 * n) for n in range(10)):
        assert not [form for form in EVERY_FORM if SEPARATOR.strip() in form.write(day)]


def test_each_day_is_in_one_split() -> None:
    splits = [set(days_of(split)) for split in SPLITS]
    assert sum(map(len, splits)) == len(set.union(*splits)) == (LAST - FIRST).days + 1
    shares = [len(split) / len(set.union(*splits)) for split in splits]
    assert shares == pytest.approx([0.9, 0.05, 0.05], abs=0.005)


def test_no_date_of_a_test_line_is_trained_on() -> None:
    written = {split: set(SEPARATOR.join(dates(split, lines=997).target).split(SEPARATOR)) for split in SPLITS}
    for split in SPLITS:
        assert {date.fromisoformat(day) for day in written[split]} <= set(days_of(split))


def test_as_many_dates_on_both_sides_and_each_count_as_likely() -> None:
    pairs = list(itertools.islice(date_lines("train", seed=5, max_dates=4), 4003))
    counts = [target.count(SEPARATOR) + 1 for _, target in pairs]
    assert counts == [source.count(SEPARATOR) + 1 for source, _ in pairs]
    assert [counts.count(number) / len(counts) for number in range(1, 5)] == pytest.approx([0.25] * 4, abs=0.03)


def test_the_answer_is_what_the_source_says() -> None:
    readings = {form.write(day): day for day in days_of("test") for form in forms_of("ja")}
    for source, target in dates("test", lines=101, locales=["ja"]):
        read = [readings[written] for written in source.split(SEPARATOR)]
        assert target == SEPARATOR.join(day.isoformat() for day in read)


def test_the_same_seed_gives_the_same_lines_and_another_others() -> None:
    first = list(dates("validation", lines=53, seed=7))
    assert first == list(itertools.islice(date_lines("validation", seed=7), 53))
    assert first != list(dates("validation", lines=53, seed=8))
    assert first[0][1] != dates("test", lines=1, seed=7)[0][1]


def test_lines_of_one_date() -> None:
    assert all(SEPARATOR not in source for source in dates("train", lines=97, max_dates=1).source)


@pytest.mark.parametrize(
    ("split", "options", "message"),
    [
        ("dev", {}, "`split` is `dev`. Allowed: test, train, validation"),
        ("train", {"lines": 0}, "`lines` must be 1 or more, but is 0"),
        ("train", {"max_dates": 0}, "`max_dates` must be 1 or more, but is 0"),
        ("train", {"locales": []}, "`locales` is empty. Name one language"),
        ("train", {"locales": ["xx_XX"]}, "`xx_XX` is not a locale that Babel knows"),
        ("train", {"locales": ["th"]}, "`th` writes dates with `G`, which is not read here"),
    ],
)
def test_what_cannot_be(split: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        dates(split, **options)
