"""Image encoders agree with their compiled form. In a process of its own: compiling and the shape hook do not mix."""

import subprocess
import sys
from pathlib import Path

from tests.encoders.compiled import CASES


def test_compiled_agrees():
    done = subprocess.run(
        [sys.executable, "-m", "tests.encoders.compiled"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{len(CASES)} agree"
