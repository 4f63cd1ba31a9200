"""Tab-separated values."""

from pathlib import Path

import pytest

from saccade.data.formats.tsv import tsv_pairs
from saccade.errors import DataError, OptionError


def written(folder: Path, text: str) -> Path:
    path = folder / "pairs.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_first_two_columns_without_a_header(tmp_path: Path) -> None:
    assert list(tsv_pairs(written(tmp_path, "a\tb\tc\nd\te\n"))) == [("a", "b"), ("d", "e")]


def test_a_header_is_found(tmp_path: Path) -> None:
    assert list(tsv_pairs(written(tmp_path, "id\ttarget\tsource\n1\tb\ta\n"))) == [("a", "b")]


def test_a_header_that_is_none(tmp_path: Path) -> None:
    path = written(tmp_path, "source\ttarget\na\tb\n")
    assert list(tsv_pairs(path, header=False)) == [("source", "target"), ("a", "b")]


def test_a_header_of_other_names(tmp_path: Path) -> None:
    path = written(tmp_path, "en\tde\na\tb\n")
    assert list(tsv_pairs(path, header=True)) == [("a", "b")]
    assert list(tsv_pairs(path, source="de", target="en")) == [("b", "a")]
    assert list(tsv_pairs(path, source="de", target=0)) == [("b", "a")]


def test_columns_by_place(tmp_path: Path) -> None:
    assert list(tsv_pairs(written(tmp_path, "1\ta\tx\tb\n"), source=1, target=3)) == [("a", "b")]


def test_quotes_are_text(tmp_path: Path) -> None:
    assert list(tsv_pairs(written(tmp_path, '"a\tb"\n'))) == [('"a', 'b"')]


def test_blank_lines_are_empty_pairs(tmp_path: Path) -> None:
    assert list(tsv_pairs(written(tmp_path, "a\tb\n\n \n\tc\n"))) == [("a", "b"), ("", ""), ("", ""), ("", "c")]


def test_only_a_header(tmp_path: Path) -> None:
    assert list(tsv_pairs(written(tmp_path, "source\ttarget\n"))) == []


def test_too_few_columns(tmp_path: Path) -> None:
    path = written(tmp_path, "a\tb\nc\td\nno tab here\n")
    with pytest.raises(DataError, match=r"pairs.tsv, line 3: column 2 is wanted, but the line has only 1. .* by tabs"):
        list(tsv_pairs(path))


def test_a_first_line_of_too_few_columns(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"line 1: column 4 is wanted, but the line has only 2"):
        list(tsv_pairs(written(tmp_path, "a\tb\n"), source=0, target=3))


def test_a_column_that_is_not_there(tmp_path: Path) -> None:
    path = written(tmp_path, "source\ttarget\na\tb\n")
    message = r"pairs.tsv, line 1: there is no column `sorce`. Did you mean `source`\? Allowed: source, target"
    with pytest.raises(DataError, match=message):
        list(tsv_pairs(path, source="sorce"))


def test_a_name_without_a_header(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"the columns `en` and `None` are given by name, but `header` is false"):
        list(tsv_pairs(written(tmp_path, "a\tb\n"), source="en", header=False))


def test_a_place_below_nought(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="a column's place must be 0 or more, but is -1"):
        list(tsv_pairs(written(tmp_path, "a\tb\n"), target=-1))
