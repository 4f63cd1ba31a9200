"""Which words of a pair belong together, as people or programs wrote it down."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, final

from saccade.data.lines import lines_of
from saccade.data.pairs import Pair
from saccade.errors import DataError

Link = tuple[int, int]
"""A source word and a target word, by their places from 0."""
_LINK: Final = re.compile(r"(\d+)([-p?])(\d+)")


@final
class Links(NamedTuple):
    """The links of a pair.

    Attributes:
        sure: Those that must be there.
        possible: Those that may be there; the sure ones are among them.
    """

    sure: frozenset[Link]
    possible: frozenset[Link]

    def turned(self) -> "Links":
        """The same with source and target exchanged."""
        return Links(*(frozenset((target, source) for source, target in links) for links in self))


@final
class LinkedPairs(NamedTuple):
    """Pairs whose words are linked, in the same order."""

    pairs: Sequence[Pair]
    links: Sequence[Links]


def parsed_links(text: str) -> Links:
    """Links as they are usually written: `0-0 1-2` are sure, `1p1` or `1?1` are possible.

    Raises:
        DataError: Something else.

    Example:
        >>> parsed_links("0-0 1p2").sure, sorted(parsed_links("0-0 1p2").possible)
        (frozenset({(0, 0)}), [(0, 0), (1, 2)])
    """
    found = [(word, _LINK.fullmatch(word)) for word in text.split()]
    wrong = [word for word, match in found if match is None]
    if wrong:
        raise DataError(
            f"a link is {wrong[0]!r}. Write `2-3` for a sure one of the third source word and the fourth target word, "
            "`2p3` or `2?3` for a possible one."
        )
    links = [((int(match[1]), int(match[3])), match[2] == "-") for _, match in found if match is not None]
    return Links(frozenset(link for link, sure in links if sure), frozenset(link for link, _ in links))


def written_links(links: Iterable[Link]) -> str:
    """Links on a line, by source and then by target word.

    Example:
        >>> written_links({(1, 2), (0, 0), (1, 1)})
        '0-0 1-1 1-2'
    """
    return " ".join(f"{source}-{target}" for source, target in sorted(links))


def read_links(path: Path, pairs: Sequence[Pair]) -> LinkedPairs:
    """Read the links of pairs, a line for each.

    Raises:
        MissingError: There is no such file.
        DataError: What is no link, a link to a word that is not there, or not a line for each pair.
    """
    lines = list(lines_of(path))
    if len(lines) != len(pairs):
        raise DataError(
            f"{path} has {len(lines):,} lines of links, but there are {len(pairs):,} pairs. Give one each; a pair with "
            "an empty side has none."
        )
    return LinkedPairs(pairs, list(linked(path, ((number, text, pairs[number - 1]) for number, text in lines))))


def linked(path: Path, rows: Iterable[tuple[int, str, Pair]]) -> Iterator[Links]:
    """The links of each line, held against its pair's words.

    Args:
        path: The file, for messages.
        rows: Number of the line, its links, and the pair that they belong to.

    Raises:
        DataError: What is no link, or a link to a word that is not there.
    """
    for number, text, (source, target) in rows:
        try:
            links = parsed_links(text)
        except DataError as error:
            raise DataError(f"{path}, line {number}: {error}") from error
        words = len(source.split()), len(target.split())
        beyond = sorted(link for link in links.possible if link[0] >= words[0] or link[1] >= words[1])
        if beyond:
            raise DataError(
                f"{path}, line {number}: the link {written_links(beyond[:1])} is beyond the {words[0]} and {words[1]} "
                "words of its pair. Words are what stands between blanks, and are counted from 0, the source first."
            )
        yield links
