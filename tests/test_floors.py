"""The house stands: imports point to a lower floor, start-up stays light, and every part is in its table."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import saccade

SOURCE = Path(saccade.__file__).parent
FLOORS = {
    "errors": 0,
    "recording": 0,
    "checks": 1,
    "storage": 1,
    "tree": 1,
    "gates": 2,
    "attention": 2,
    "cells": 2,
    "encoders": 3,
    "data": 3,
    "decoders": 4,
    "models": 5,
    "search": 5,
    "maps": 6,
    "metrics": 5,
    "training": 7,
    "viewer": 7,
    "recipes": 8,
    "run": 9,
    "server": 10,
    "cli": 11,
    "__main__": 12,
}
# A folder of parts, and the tables in the `__init__` of it, or of the folder above, that must name each of them.
TABLES = {
    "attention/scores": ["SCORES"],
    "attention/selections": ["SELECTIONS"],
    "cells": ["CELLS"],
    "data/sets": ["SETS", "IMAGE_SETS", "LABELLED_TEXT_SETS", "TEXT_IMAGE_SETS"],
    "gates": ["GATES"],
}
# What lies beside the parts: what they are made of.
BESIDE = {"__init__", "score", "selection", "cell", "repeated", "home", "gate", "clamp", "hard", "perceptron", "pooled"}
# Modules that must be importable in a blink: what they must not pull in.
LIGHT = ["saccade", "saccade.errors", "saccade.recipes.schema", "saccade.recipes.load", "saccade.cli"]
HEAVY = [
    "torch",
    "datasets",
    "matplotlib",
    "numpy",
    "pandas",
    "pyarrow",
    "tokenizers",
    "sacrebleu",
    "accelerate",
    "babel",
    "PIL",
    "fastapi",
    "uvicorn",
]


def python_files() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py"))


def room(path: Path) -> str:
    """The folder (or module) of saccade that a file belongs to: `attention` for attention/scores/dot.py."""
    return path.relative_to(SOURCE).with_suffix("").parts[0]


def imported_rooms(path: Path) -> set[str]:
    """The rooms that a file imports from, at its head or inside a function."""
    rooms: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        parts = [name.split(".") for name in names]
        rooms |= {part[1] for part in parts if part[0] == "saccade" and len(part) > 1}
    return rooms & set(FLOORS)


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_to_a_lower_floor(path: Path) -> None:
    here = room(path)
    if here == "__init__":
        return  # the front door opens every room, lazily: LIGHT holds that
    assert here in FLOORS, f"{here} has no floor: add it to FLOORS, and to the design"
    upward = {other for other in imported_rooms(path) if other != here and FLOORS[other] >= FLOORS[here]}
    assert not upward, f"{path.name} on floor {FLOORS[here]} imports {sorted(upward)}"


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_relative_import_hides_a_floor(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level > 0]


@pytest.mark.parametrize("module", LIGHT)
def test_start_up_is_light(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


@pytest.mark.parametrize(("folder", "tables"), TABLES.items(), ids=TABLES)
def test_every_part_is_in_its_table(folder: str, tables: list[str]) -> None:
    module = importlib.import_module("saccade." + folder.replace("/", "."))
    listed = {name.replace("-", "_") for table in tables for name in getattr(module, table)}
    files = {path.stem for path in (SOURCE / folder).glob("*.py")} - BESIDE
    assert files <= listed, f"not in {tables}: {sorted(files - listed)}"


def test_no_file_is_called_utils() -> None:
    assert not [path for path in python_files() if path.stem in {"utils", "helpers", "common", "misc"}]


def test_dependencies_are_pinned() -> None:
    root = SOURCE.parents[1]
    pins = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    entries = [line for line in pins if line and not line.startswith("#")]
    assert "torch==2.13.0" in entries
    assert all("==" in line and "+" not in line for line in entries)
