"""Hansards: the debates of Canada's parliament in English and French, some of them with words aligned by hand."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from saccade.data.formats.aligned import aligned_pairs
from saccade.data.lines import lines_of
from saccade.data.pairs import Pair, Pairs
from saccade.data.read import read_pairs
from saccade.data.sets.home import check_choice, check_split, set_file
from saccade.data.word_links import LinkedPairs, linked
from saccade.errors import DataError, OptionError

LANGUAGES: Final = ("en", "fr")
TRAINING: Final = 199_000
"""Pairs to train on; the thousand after them validate."""


def hansards(split: str, *, source: str = "fr", target: str = "en") -> Pairs:
    """Sentences of debates, cut into words: 199,000 to train, 1,000 to validate, 447 to test.

    Args:
        split: train, validation or test; the last is linked by hand, see `hansards_links`.
        source: en or fr.
        target: The other one.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.

    Source:
        Mihalcea and Pedersen 2003, "An evaluation exercise for word alignment" (W03-0301); the links are those of Och
        and Ney 2000.
    """
    check_split(split)
    _check_languages(source, target)
    if split == "test":
        columns = {language: place for place, language in enumerate(LANGUAGES)}
        path = set_file("hansards", "test.tsv")
        return read_pairs(path, source=columns[source], target=columns[target], header=False)
    files = [set_file("hansards", f"train200k.{language}.xz") for language in (source, target)]
    start, stop = (0, TRAINING) if split == "train" else (TRAINING, None)
    return Pairs.of(islice(aligned_pairs(files[0], files[1]), start, stop))


def hansards_links(split: str, *, source: str = "fr", target: str = "en") -> LinkedPairs:
    """The pairs whose words are linked by hand: 37 of the trial for `validation`, 447 for `test`.

    Args:
        split: validation or test.
        source: en or fr.
        target: The other one.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.
        DataError: They are damaged.
    """
    check_choice("split", split, ("validation", "test"))
    _check_languages(source, target)
    path = set_file("hansards", "trial.tsv" if split == "validation" else "test.tsv")
    rows = [line.split("\t") for _, line in lines_of(path)]
    short = next((number for number, row in enumerate(rows, start=1) if len(row) != 3), None)
    if short is not None:
        raise DataError(f"{path}, line {short}: three columns are wanted, English, French and links, but not there.")
    english = [(row[0], row[1]) for row in rows]
    links = linked(path, ((number, row[2], (row[0], row[1])) for number, row in enumerate(rows, start=1)))
    if source == "en":
        return LinkedPairs(english, list(links))
    return LinkedPairs(list(_turned(english)), [one.turned() for one in links])


def _check_languages(source: str, target: str) -> None:
    check_choice("source", source, LANGUAGES)
    check_choice("target", target, LANGUAGES)
    if source == target:
        raise OptionError(f"`source` and `target` are both `{source}`. Take the two of {', '.join(LANGUAGES)}.")


def _turned(pairs: list[Pair]) -> Iterator[Pair]:
    return ((right, left) for left, right in pairs)
