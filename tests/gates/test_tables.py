"""The table names every gate that has a file, by the name of its file, and every gate has its test file."""

from pathlib import Path

import pytest

import saccade.gates
from saccade.gates import BLOCK_GATES, GATES, Gate

# What gates are made of.
PARTS = {"__init__", "clamp", "gate", "hard", "perceptron", "pooled"}


def test_every_file_is_in_the_table():
    files = {path.stem for path in Path(saccade.gates.__path__[0]).glob("*.py")} - PARTS
    assert {name.replace("-", "_") for name in GATES} == files


@pytest.mark.parametrize("name", GATES)
def test_every_gate_lies_in_its_own_file(name: str):
    assert issubclass(GATES[name], Gate)
    assert GATES[name].__module__ == f"saccade.gates.{name.replace('-', '_')}"


@pytest.mark.parametrize("name", GATES)
def test_every_gate_has_a_test_file(name: str):
    assert (Path(__file__).parent / f"test_{name.replace('-', '_')}.py").is_file()


@pytest.mark.parametrize("name", BLOCK_GATES)
@pytest.mark.parametrize("channels", [1, 3, 16, 64])
def test_block_gates_need_no_more_than_channels(name: str, channels: int):
    assert BLOCK_GATES[name](channels).channels == channels
