"""The forms in which a language writes a date, from CLDR by way of Babel."""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, Final, cast, final

from saccade.errors import OptionError

Field = Callable[[date, int], str]
"""What stands in one place of a form, from a date and its day of the week (Monday is 0)."""

_LENGTHS = ("full", "long", "medium", "short")
_SKELETONS = ("yMd", "yMMMd", "yMMMEd", "yMMMMd", "yMMMMEEEEd", "yMEd")
ORDINAL: Final = "D"
"""Our own letter in a pattern: the day as an English ordinal; CLDR has none for it."""
_BESIDES: Final = {
    "de": ("'den' d. MMMM y",),
    "en_GB": ("D MMMM y", "D 'of' MMMM y", "EEEE D MMMM y"),
    "en_US": ("MMMM D, y", "EEEE, MMMM D, y", "d MMM y"),
    "fr": ("'le' d MMMM y", "'le' EEEE d MMMM y"),
}
"""What people also write. Forms with a year of two digits are not among them: which century would be a guess."""


@final
class Form:
    """One way to write a date in one language.

    Args:
        locale: The language, as Babel names it.
        pattern: In CLDR's letters, and D for an ordinal.

    Example:
        >>> Form("fr", "EEEE d MMMM y").write(date(1987, 3, 7))
        'samedi 7 mars 1987'
    """

    def __init__(self, locale: str, pattern: str) -> None:
        from babel.dates import tokenize_pattern

        self.locale = locale
        self.pattern = pattern
        self._fields = [
            _field(locale, *cast(tuple[str, int], value)) if kind == "field" else _always(str(value))
            for kind, value in tokenize_pattern(pattern)
        ]

    def write(self, day: date, weekday: int | None = None) -> str:
        """The date in this form; its day of the week is the right one, if no other is given (Monday is 0)."""
        weekday = day.weekday() if weekday is None else weekday
        return "".join([field(day, weekday) for field in self._fields])


@cache
def forms_of(locale: str) -> tuple[Form, ...]:
    """Every form of a language: those of CLDR, and what people also write.

    Raises:
        OptionError: Babel does not know the locale, or it has a calendar of its own.
    """
    import babel  # only here are its tables needed

    try:
        known = babel.Locale.parse(locale)
    except (ValueError, babel.UnknownLocaleError) as error:
        raise OptionError(
            f"`{locale}` is not a locale that Babel knows. Write a language such as fr or en_US."
        ) from error
    skeletons = cast(Any, known.datetime_skeletons)
    patterns = [cast(Any, known.date_formats[length]).pattern for length in _LENGTHS]
    patterns += [skeletons[name].pattern for name in _SKELETONS if name in skeletons]
    patterns += _BESIDES.get(locale, ())
    return tuple(Form(locale, pattern) for pattern in sorted({_with_whole_year(pattern) for pattern in patterns}))


def _with_whole_year(pattern: str) -> str:
    return pattern.replace("yy", "y")


def _always(text: str) -> Field:
    spaced = _with_plain_spaces(text)
    return lambda day, weekday: spaced


def _field(locale: str, letter: str, width: int) -> Field:
    if letter == "y":
        return lambda day, weekday: f"{day.year:04}"
    if letter == "d":
        return lambda day, weekday: f"{day.day:0{width}}"
    if letter == ORDINAL:
        return lambda day, weekday: f"{day.day}{_ending(day.day)}"
    if letter in "ML" and width <= 2:
        return lambda day, weekday: f"{day.month:0{width}}"
    if letter in "ML":
        months = _names("months", locale, letter, width)
        return lambda day, weekday: months[day.month]
    if letter in "Ec":
        weekdays = _names("days", locale, letter, width)
        return lambda day, weekday: weekdays[weekday]
    raise OptionError(f"`{locale}` writes dates with `{letter}`, which is not read here. Leave it out of `locales`.")


def _names(what: str, locale: str, letter: str, width: int) -> dict[int, str]:
    import babel

    context = "stand-alone" if letter in "Lc" else "format"
    names = getattr(babel.Locale.parse(locale), what)[context]["wide" if width == 4 else "abbreviated"]
    return {number: _with_plain_spaces(name) for number, name in names.items()}


def _with_plain_spaces(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def _ending(day: int) -> str:
    return "th" if day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
