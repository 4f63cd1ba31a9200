"""The command line in this process: quick, and with the shapes checked."""

import io
from collections.abc import Callable
from typing import NamedTuple

import pytest

from saccade.cli import main


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Saccade = Callable[..., Ended]


@pytest.fixture
def saccade(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Saccade:
    """Run a command; `given` is its stdin. After a training no report is written, which takes longer than all else."""
    monkeypatch.setattr("saccade.cli.train.report_of", lambda path: None)

    def run(*arguments: object, given: bytes = b"") -> Ended:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        code = main([str(argument) for argument in arguments])
        return Ended(code, *capsys.readouterr())

    return run


def refused(ended: Ended) -> str:
    """Assert that a command refused in one line, with exit code 2 and no traceback; give the line."""
    assert ended.code == 2, ended
    lines = [line for line in ended.err.splitlines() if line.startswith("saccade: ")]
    assert len(lines) == 1, ended.err
    assert "Traceback" not in ended.err
    return lines[0]
