"""Two files, line by line."""

from pathlib import Path

import pytest

from saccade.data.formats.aligned import aligned_pairs
from saccade.errors import DataError


def written(folder: Path, source: int, target: int) -> tuple[Path, Path]:
    """Two files of so many lines."""
    (folder / "a.en").write_text("".join(f"line {number}\n" for number in range(source)))
    (folder / "a.de").write_text("".join(f"Zeile {number}\n" for number in range(target)))
    return folder / "a.en", folder / "a.de"


def test_line_by_line(tmp_path: Path) -> None:
    pairs = list(aligned_pairs(*written(tmp_path, 3, 3)))
    assert pairs == [("line 0", "Zeile 0"), ("line 1", "Zeile 1"), ("line 2", "Zeile 2")]


@pytest.mark.parametrize(("source", "target"), [(3, 7), (7, 3), (1, 2), (2, 1), (1201, 5)])
def test_unequal_lengths_are_both_told(tmp_path: Path, source: int, target: int) -> None:
    message = rf"a.en has {source:,} lines, but .*a.de has {target:,}. Line by line they must be translations"
    with pytest.raises(DataError, match=message):
        list(aligned_pairs(*written(tmp_path, source, target)))


def test_one_of_them_empty(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a.de is empty"):
        list(aligned_pairs(*written(tmp_path, 3, 0)))
