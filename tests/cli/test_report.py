"""`saccade report`, and the report that `saccade train` leaves."""

from pathlib import Path

import pytest
from tests.cli.conftest import Saccade, refused

from saccade.cli.train import report_of
from saccade.run.report import REPORT


def test_the_command_line_writes_it_after_training_and_when_asked(
    saccade: Saccade, tiny_recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saccade.cli.train.report_of", report_of)
    ended = saccade("train", tiny_recipe, "--out", tmp_path / "run")
    assert (ended.code, ended.out) == (0, f"{tmp_path / 'run'}\n")
    assert (tmp_path / "run" / REPORT).is_file()
    assert saccade("report", tmp_path / "run", "--out", tmp_path / "x.html").out == f"{tmp_path / 'x.html'}\n"
    assert "must end in .html" in refused(saccade("report", tmp_path / "run", "--out", tmp_path / "x.pdf"))
