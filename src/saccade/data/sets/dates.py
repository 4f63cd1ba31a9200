"""Dates: written in many languages and forms, to be read as ISO 8601."""

import hashlib
import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import islice
from typing import Any, Final, NamedTuple, cast

from saccade.data.pairs import Pair, Pairs
from saccade.data.sets.home import Split, check_split
from saccade.errors import OptionError

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2099, 12, 31)
SEPARATOR: Final = "; "
LOCALES: Final = tuple("de el en_GB en_US es fr hi it ja ko nl pl pt ru sv tr zh".split())
_LENGTHS = ("full", "long", "medium", "short")
_SKELETONS = ("yMd", "yMMMd", "yMMMEd", "yMMMMd", "yMMMMEEEEd", "yMEd")
_OWN: Final = {
    "en_GB": ("D MMMM y", "D 'of' MMMM y", "EEEE D MMMM y"),
    "en_US": ("MMMM D, y", "EEEE, MMMM D, y", "d MMM y"),
    "fr": ("'le' d MMMM y", "'le' EEEE d MMMM y", "E d MMMM y"),
    "de": ("'den' d. MMMM y",),
}
_CROWDED = 12
"""Days of a month up to this may also be a month."""
_PARTS = {"train": range(90), "validation": range(90, 95), "test": range(95, 100)}

Field = Callable[[date], str]


class Form(NamedTuple):
    """One way to write a date in one language."""

    locale: str
    pattern: str
    """In CLDR's letters; D is an English ordinal."""
    fields: tuple[str | Field, ...]

    def write(self, day: date) -> str:
        """The date, written so."""
        return "".join(field if isinstance(field, str) else field(day) for field in self.fields)


def dates(split: Split, *, lines: int = 30_000, seed: int = 0, max_dates: int = 8) -> Pairs:
    """Lines of one to eight dates in 23 languages, each to be read as ISO 8601; as many lines as wanted.

    A form that another language reads as another date has its language before it: "[en_US] 3/7/1987". The same day is
    only ever in one of the splits.

    Args:
        split: train, validation or test.
        lines: How many lines.
        seed: Another seed, other lines.
        max_dates: The most dates in a line; any number from 1 is as likely.

    Raises:
        OptionError: An option that is not allowed.

    Example:
        >>> pairs = dates("test", lines=3, max_dates=2)
        >>> len(pairs)
        3
    """
    check_split(split)
    for name, value in (("lines", lines), ("max_dates", max_dates)):
        if value < 1:
            raise OptionError(f"`{name}` must be 1 or more, but is {value}.")
    return Pairs.of(islice(endless(split, seed=seed, max_dates=max_dates), lines))


def endless(split: Split, *, seed: int = 0, max_dates: int = 8) -> Iterator[Pair]:
    """Lines without end; the same seed gives the same lines."""
    choice = random.Random(f"{split} {seed}")
    days, forms, tagged = days_of(split), all_forms(), ambiguous()
    locales = sorted(forms)
    while True:
        chosen = [choice.choice(days) for _ in range(choice.randint(1, max_dates))]
        source = [_written(day, choice.choice(forms[choice.choice(locales)]), tagged) for day in chosen]
        yield SEPARATOR.join(source), SEPARATOR.join(day.isoformat() for day in chosen)


def _written(day: date, form: Form, tagged: frozenset[tuple[str, str]]) -> str:
    written = form.write(day)
    return f"[{form.locale}] {written}" if (form.locale, form.pattern) in tagged else written


@cache
def days_of(split: Split) -> tuple[date, ...]:
    """The days of a split: nine in ten to train, one in twenty to validate, one in twenty to test."""
    part = _PARTS[split]
    all_days = (date.fromordinal(ordinal) for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1))
    return tuple(day for day in all_days if _hash(day) in part)


def _hash(day: date) -> int:
    return int.from_bytes(hashlib.blake2b(day.isoformat().encode(), digest_size=8).digest(), "big") % 100


@cache
def all_forms() -> dict[str, tuple[Form, ...]]:
    """Every form, by locale."""
    return {locale: tuple(_form(locale, pattern) for pattern in _patterns(locale)) for locale in LOCALES}


@cache
def ambiguous() -> frozenset[tuple[str, str]]:
    """The forms (locale, pattern) that give a text which in another form would be another day."""
    readings: dict[str, set[date]] = {}
    every = [form for forms in all_forms().values() for form in forms]
    # The year is in every form the same, so one year shows all; and only days that could be months are swapped.
    days = [date(2001, month, day) for month in range(1, 13) for day in range(1, _CROWDED + 1)]
    for day in days:
        for form in every:
            readings.setdefault(form.write(day), set()).add(day)
    return frozenset(
        (form.locale, form.pattern) for form in every for day in days if len(readings[form.write(day)]) > 1
    )


def _patterns(locale: str) -> list[str]:
    import babel  # the only place that needs it, and only where dates are made

    known = babel.Locale.parse(locale)
    patterns = [str(known.date_formats[length].pattern) for length in _LENGTHS]
    patterns += [
        str(known.datetime_skeletons[skeleton].pattern)
        for skeleton in _SKELETONS
        if skeleton in known.datetime_skeletons
    ]
    patterns += _OWN.get(locale, ())
    whole_years = (pattern.replace("yy", "y") for pattern in patterns)
    return sorted(set(whole_years))


def _form(locale: str, pattern: str) -> Form:
    from babel.dates import tokenize_pattern

    fields = [
        _field(locale, *cast(Any, value)) if kind == "field" else _plain(value)
        for kind, value in tokenize_pattern(pattern)
    ]
    return Form(locale, pattern, tuple(fields))


def _plain(text: object) -> str:
    return str(text).replace("\u202f", " ").replace("\u00a0", " ")


def _field(locale: str, letter: str, width: int) -> Field:
    from babel.dates import get_day_names, get_month_names

    if letter == "y":
        return lambda day: str(day.year)
    if letter == "d":
        return (lambda day: f"{day.day:02}") if width == 2 else (lambda day: str(day.day))
    if letter == "D":
        return lambda day: f"{day.day}{_ending(day.day)}"
    if letter in "ML" and width <= 2:
        return (lambda day: f"{day.month:02}") if width == 2 else (lambda day: str(day.month))
    context = "stand-alone" if letter in "Lc" else "format"
    length = "wide" if width == 4 else "abbreviated"
    if letter in "ML":
        months = {number: _plain(name) for number, name in get_month_names(length, context, locale).items()}
        return lambda day: months[day.month]
    weekdays = {number: _plain(name) for number, name in get_day_names(length, context, locale).items()}
    return lambda day: weekdays[day.weekday()]


def _ending(day: int) -> str:
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
