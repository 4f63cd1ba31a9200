"""What tests share: where the real data lies, and how to run the command line."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_home() -> Path:
    """The folder of real sets; the test is skipped where there is none."""
    home = os.environ.get("SACCADE_DATA")
    if not home or not Path(home).is_dir():
        pytest.skip("SACCADE_DATA names no folder: this test reads real data")
    return Path(home)
