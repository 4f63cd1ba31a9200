"""Links as people write them down."""

from pathlib import Path

import pytest

from saccade.data.word_links import Links, parsed_links, read_links, written_links
from saccade.errors import DataError

PAIRS = [("a b", "x y z"), ("c", "w")]


def test_sure_ones_are_possible_ones_too() -> None:
    links = parsed_links("0-0 1p2 1?1")
    assert links == Links(frozenset({(0, 0)}), frozenset({(0, 0), (1, 2), (1, 1)}))
    assert links.turned() == Links(frozenset({(0, 0)}), frozenset({(0, 0), (2, 1), (1, 1)}))
    assert parsed_links("") == Links(frozenset(), frozenset())


def test_what_is_written_is_read_again() -> None:
    links = frozenset({(3, 1), (0, 10), (0, 9)})
    assert parsed_links(written_links(links)).sure == links


def test_a_file_has_a_line_for_each_pair(tmp_path: Path) -> None:
    file = tmp_path / "gold.txt"
    file.write_text("0-0 1p2\n\n")
    found = read_links(file, PAIRS)
    assert [sorted(one.possible) for one in found.links] == [[(0, 0), (1, 2)], []]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0-0\n", r"has 1 lines of links, but there are 2 pairs"),
        ("0-0\n0:0\n", r"line 2: a link is '0:0'. Write `2-3` for a sure one"),
        ("0-3\n0-0\n", r"line 1: the link 0-3 is beyond the 2 and 3 words of its pair"),
        ("0-0\n1-0\n", r"line 2: the link 1-0 is beyond the 1 and 1 words"),
    ],
)
def test_what_is_wrong_is_said_by_line(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "gold.txt"
    file.write_text(text)
    with pytest.raises(DataError, match=message):
        read_links(file, PAIRS)
