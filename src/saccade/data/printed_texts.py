"""What may be printed: numbers, dates and words, drawn by chance."""

import calendar
from collections.abc import Callable
from random import Random
from typing import Final

_COMMON: Final = """
    about above after again air all along always and animal answer apple around away back bank because before below best
    better between big bird black blue boat body book both bread bring brown butter cafe call car center change city
    clean close cold color country day dear deep door down dream drive early earth east easy end enough every exit eye
    face family far farm fast father field fine fire first fish floor flower food foot forest four free fresh friend
    front full garden gate girl give glass gold good grand green ground group half hand happy hard head health heart
    heat heavy help high home hope hotel hour house hundred ice inside island jump keep kind king kitchen land large
    last late learn leave left letter life light line little live long love lunch machine make man market may meal
    measure middle might milk mind minute money moon morning mother mountain move music name near never new next night
    north number ocean office often old one open orange order other over page paint paper park part past pay people
    phone place plan plant play point power press price public quick quiet radio rain read ready red rest rice right
    river road room round sale salt sand school sea second service seven ship shop short show side silver simple sing
    sky sleep slow small smile snow soft some song soon sound south space special spring stand star start station stay
    stone stop store story street strong summer sun sweet table take talk taxi tea ten than thank theater think three
    ticket time today together tomorrow top town trade train travel tree true turn two under until value very view
    village visit voice wait walk wall warm water way week welcome west wheel white wide wild wind window winter with
    wood word work world year yellow yes young zero
"""
_WORDS: Final = tuple(_COMMON.split())
_ONSETS: Final = ("b", "br", "c", "ch", "d", "dr", "f", "g", "gr", "h", "j", "k", "l", "m", "n", "p", "qu", "r", "s")
_ONSETS_TOO: Final = ("sh", "st", "t", "th", "tr", "v", "w", "x", "y", "z")
_CODAS: Final = ("", "", "", "n", "r", "s", "t", "l", "m", "ck", "nd", "x", "ng", "st", "p", "f", "b", "g", "w", "y")
_BOTH_CASES_ALIKE: Final = frozenset("cosuvwxz")
_ALIKE_AT_THE_HEAD: Final = frozenset("il")
_CURRENCIES: Final = "$€£"


def number(random: Random) -> str:
    """A number: plain, padded, in thousands, with decimals, a share, an amount, or with a sign."""
    whole = random.randrange(10 ** random.randint(1, 6))
    match random.randrange(7):
        case 0:
            return str(whole)
        case 1:
            return f"{whole:0{random.randint(4, 8)}}"
        case 2:
            return f"{random.randrange(1_000, 10 ** random.randint(4, 8)):,}"
        case 3:
            return f"{random.randrange(1_000)}.{random.randrange(1_000):0{random.randint(1, 3)}}"
        case 4:
            return f"{random.randrange(100)}.{random.randrange(10)}%" if random.random() < 0.5 else f"{whole % 101}%"
        case 5:
            return (
                f"{random.choice(_CURRENCIES)}{random.randrange(10 ** random.randint(1, 4))}.{random.randrange(100):02}"
            )
        case _:
            return f"{random.choice('+-')}{whole}"


def date(random: Random) -> str:
    """A date or a time of day in one of nine forms, each that a day of the month may have being possible."""
    year, month = random.randint(1900, 2099), random.randint(1, 12)
    day = random.randint(1, calendar.monthrange(year, month)[1])
    name = calendar.month_name[month]
    return random.choice(
        (
            f"{year}-{month:02}-{day:02}",
            f"{day:02}.{month:02}.{year}",
            f"{day}.{month}.{year}",
            f"{month}/{day}/{year}",
            f"{day:02}/{month:02}/{year % 100:02}",
            f"{day} {name} {year}",
            f"{name[:3]} {day}, {year}",
            f"{name} {day}",
            f"{random.randrange(24):02}:{random.randrange(60):02}",
        )
    )


def word(random: Random) -> str:
    """A word, common or made up, in small letters, in capitals, or with one at its head.

    None of these can be told by its case alone, such as "so" and "SO", "ill" and "Ill": who reads one has to know how
    large its letters are.
    """
    while True:
        found = random.choice(_WORDS) if random.random() < 0.4 else _made_up(random)
        cased = random.choice((str.lower, str.upper, str.capitalize))(found)
        if not _is_ambiguous(cased):
            return cased


KINDS: Final[dict[str, Callable[[Random], str]]] = {"dates": date, "numbers": number, "words": word}
"""What may be printed, by name."""


def _made_up(random: Random) -> str:
    syllables = [
        random.choice(_ONSETS + _ONSETS_TOO) + random.choice("aeiou") + random.choice(_CODAS)
        for _ in range(random.randint(1, 3))
    ]
    return "".join(syllables)


def _is_ambiguous(cased: str) -> bool:
    if cased[0].lower() in _ALIKE_AT_THE_HEAD and not cased.isupper():
        return True
    return not cased.istitle() and set(cased.lower()) <= _BOTH_CASES_ALIKE
