"""A training that is killed at any moment goes on as if nothing had happened: a real SIGKILL, in real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOMENTS = [
    "before any checkpoint",
    "in the middle of an epoch",
    "while validating",
    "while writing the first checkpoint",
    "while writing a later checkpoint",
    "before the rename",
    "while publishing",
    "while thinning out",
    "in the middle of a row",
    "while averaging",
    "wherever it happens to be",
    "again and again",
]
EVERYTHING = {"killed", "weights", "published", "told", "validations", "nothing half-written"}


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, bool]]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "error", "-m", "tests.training.killed"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("moment", MOMENTS)
def test_resumes_bit_for_bit_when_killed(results: dict[str, dict[str, bool]], moment: str) -> None:
    assert results[moment] == dict.fromkeys(EVERYTHING, True)


def test_all_moments_are_looked_at(results: dict[str, dict[str, bool]]) -> None:
    assert list(results) == MOMENTS
