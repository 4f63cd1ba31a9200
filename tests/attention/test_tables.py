"""The tables name every part that has a file, by the name of its file, and every part has its test file."""

from pathlib import Path

import pytest
from torch import nn

import saccade.attention.scores
import saccade.attention.selections
from saccade.attention import SCORES, SELECTIONS

TABLES = {"scores": (saccade.attention.scores, SCORES), "selections": (saccade.attention.selections, SELECTIONS)}


@pytest.mark.parametrize("folder", TABLES)
def test_every_file_is_in_its_table(folder: str):
    package, table = TABLES[folder]
    files = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    assert set(table) == files


@pytest.mark.parametrize("folder", TABLES)
def test_every_part_lies_in_its_own_file(folder: str):
    package, table = TABLES[folder]
    for name, part in table.items():
        assert issubclass(part, nn.Module)
        assert part.__module__ == f"{package.__name__}.{name}"


@pytest.mark.parametrize("folder", TABLES)
def test_every_part_has_a_test_file(folder: str):
    tests = {path.stem.removeprefix("test_") for path in (Path(__file__).parent / folder).glob("test_*.py")}
    assert set(TABLES[folder][1]) == tests
