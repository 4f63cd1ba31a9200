"""Dates: written in many languages and forms, to be read as ISO 8601."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import Final

from saccade.data.date_forms import Form, forms_of
from saccade.data.pairs import Pair, Pairs
from saccade.data.sets.home import check_split
from saccade.errors import OptionError

FIRST: Final = date(1900, 1, 1)
LAST: Final = date(2099, 12, 31)
SEPARATOR: Final = "; "
"""Between the dates of a line, on both sides; no form of a date holds it."""
LOCALES: Final = (
    *("de", "el", "en_GB", "en_US", "es", "fr", "hi", "it", "ja"),
    *("ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh"),
)
# A month and a day may be taken for each other up to here.
_MONTHS = 12
# Of a hundred days, by their hash; the others are the test's.
_TRAIN = 90
_VALIDATION = 5


def dates(
    split: str, *, lines: int = 30_000, seed: int = 0, max_dates: int = 8, locales: list[str] | None = None
) -> Pairs:
    """Lines of one to eight dates in sixteen languages, to be read as ISO 8601; as many lines as wanted.

    The languages of a line are mixed, the days are from 1900 to 2099. A form that in another language would be another
    day has its language before it, as in "[en_US] 3/7/1987": so every line has one right answer. A day is only in one
    of the splits, whatever the seed.

    Args:
        split: train, validation or test.
        lines: How many lines.
        seed: Another seed, other lines.
        max_dates: The most dates in a line; each number from 1 is as likely.
        locales: The languages, as Babel names them (`fr`, `en_US`); without it, those of `LOCALES`.

    Raises:
        OptionError: An option that is not allowed.

    Example:
        >>> dates("test", lines=2, max_dates=2, locales=["fr", "ja"], seed=1)[0]
        ('[fr] 23/10/2047; le 23 octobre 1908', '2047-10-23; 1908-10-23')
    """
    check_split(split)
    if lines < 1:
        raise OptionError(f"`lines` must be 1 or more, but is {lines}.")
    endless = date_lines(split, seed=seed, max_dates=max_dates, locales=locales)
    return Pairs.of(islice(endless, lines))


def date_lines(
    split: str, *, seed: int = 0, max_dates: int = 8, locales: Sequence[str] | None = None
) -> Iterator[Pair]:
    """The lines of `dates`, without end; the same seed gives the same lines."""
    if max_dates < 1:
        raise OptionError(f"`max_dates` must be 1 or more, but is {max_dates}.")
    chosen = tuple(LOCALES if locales is None else locales)
    if not chosen:
        raise OptionError("`locales` is empty. Name one language or more, such as fr.")
    return _lines(random.Random(f"{split} {seed}"), days_of(split), chosen, max_dates)


def days_of(split: str) -> tuple[date, ...]:
    """The days of a split: nine in ten to train, one in twenty to validate, one in twenty to test."""
    return _days()[split]


@cache
def ambiguous(locales: tuple[str, ...]) -> frozenset[Form]:
    """The forms that give a text which in another form, of these locales or the usual ones, is another day.

    Example:
        >>> sorted(f"{form.locale} {form.pattern}" for form in ambiguous(("en_US", "de")) if "US" in form.locale)
        ['en_US E, M/d/y', 'en_US M/d/y']
    """
    every = [form for locale in {*LOCALES, *locales} for form in forms_of(locale)]
    # Each form holds the whole year, so that one year shows all. The day of the week is the same all along, since a
    # reader must do with wrong ones.
    days = [date(2001, month, day) for month in range(1, _MONTHS + 1) for day in range(1, _MONTHS + 1)]
    written = {form: [form.write(day, weekday=0) for day in days] for form in every}
    readings: dict[str, set[date]] = {}
    for texts in written.values():
        for text, day in zip(texts, days, strict=True):
            readings.setdefault(text, set()).add(day)
    return frozenset(form for form, texts in written.items() if any(len(readings[text]) > 1 for text in texts))


def _lines(chance: random.Random, days: Sequence[date], locales: tuple[str, ...], max_dates: int) -> Iterator[Pair]:
    tagged = ambiguous(locales)
    while True:
        line = [chance.choice(days) for _ in range(chance.randint(1, max_dates))]
        source = [_written(day, chance.choice(forms_of(chance.choice(locales))), tagged) for day in line]
        yield SEPARATOR.join(source), SEPARATOR.join(day.isoformat() for day in line)


def _written(day: date, form: Form, tagged: frozenset[Form]) -> str:
    written = form.write(day)
    return f"[{form.locale}] {written}" if form in tagged else written


@cache
def _days() -> dict[str, tuple[date, ...]]:
    days: dict[str, list[date]] = {"train": [], "validation": [], "test": []}
    for ordinal in range(FIRST.toordinal(), LAST.toordinal() + 1):
        day = date.fromordinal(ordinal)
        percent = int.from_bytes(hashlib.blake2b(day.isoformat().encode(), digest_size=8).digest()) % 100
        days["train" if percent < _TRAIN else "validation" if percent < _TRAIN + _VALIDATION else "test"].append(day)
    return {split: tuple(chosen) for split, chosen in days.items()}
