"""The Bible by verses, in English, Spanish and Chinese: long sentences, whole books held out."""

from collections.abc import Iterator
from typing import Final

from saccade.data.lines import lines_of
from saccade.data.pairs import Pair, Pairs
from saccade.data.sets.home import check_choice, check_split, set_file
from saccade.errors import DataError, OptionError

LANGUAGES: Final = ("en", "es", "zh")
HELD_OUT: Final[dict[str, dict[int, str]]] = {
    "validation": {
        8: "Ruth",
        17: "Esther",
        22: "Song of Songs",
        38: "Zechariah",
        48: "Galatians",
        59: "James",
        62: "1 John",
    },
    "test": {6: "Joshua", 21: "Ecclesiastes", 27: "Daniel", 43: "John", 58: "Hebrews"},
}
"""Books by their number. Each split has history, wisdom or poetry, prophecy and letters, the test a gospel too; none of
them tells at length what a book in training tells again, as Kings and Chronicles do, or Matthew, Mark and Luke."""


def bible(split: str, *, source: str = "en", target: str = "es") -> Pairs:
    """Verses of up to 90 words: 27,737 to train, 942 to validate, 2,418 to test, of whole books.

    Of 51 English words and more there are 705, 46 and 87.

    Args:
        split: train, validation or test; no book is in two of them.
        source: en, es or zh (traditional).
        target: Another one.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.
        DataError: Files that don't go together.

    Source:
        Christodouloupoulos and Steedman 2015, "A massively parallel corpus: the Bible in 100 languages".
    """
    check_split(split)
    check_choice("source", source, LANGUAGES)
    check_choice("target", target, LANGUAGES)
    if source == target:
        raise OptionError(f"`source` and `target` are both `{source}`. Take two of {', '.join(LANGUAGES)}.")
    return Pairs.of(_verses(split, source, target))


def _verses(split: str, source: str, target: str) -> Iterator[Pair]:
    files = [set_file("bible", f"bible.{name}.gz") for name in ("ref", source, target)]
    held_out = {number: name for name, books in HELD_OUT.items() for number in books}
    try:
        for (_, reference), (_, left), (_, right) in zip(*map(lines_of, files), strict=True):
            if held_out.get(int(reference.split(".")[0]), "train") == split:
                yield left, right
    except ValueError as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"{files[0]} does not go with {files[1]} and {files[2]} ({error}). Get all of them anew."
        ) from error
