import io
import sys
from dataclasses import replace

import pytest
from tests.training.test_metrics_file import ROW

from saccade.training.progress import Live, Plain, describe, progress_for_terminal


def test_a_row_in_words() -> None:
    told = describe(replace(ROW, left_s=75.0, seen_per_s=5123.4))
    assert told == "epoch 2 · loss 2.500 · 5,123 tokens/s · padding 5.0% · 1:15 left"
    assert describe(ROW).endswith("padding 5.0%")


def test_images_have_no_padding() -> None:
    told = describe(replace(ROW, unit="images", seen_per_s=5123.4, padding=None))
    assert told == "epoch 2 · loss 2.500 · 5,123 images/s"


def test_plain_lines_are_not_too_many() -> None:
    stream = io.StringIO()
    plain = Plain(stream, every_s=10.0)
    for number, elapsed_s in enumerate((0.0, 9.0, 10.0, 11.0, 25.0)):
        plain.training(replace(ROW, update=number, elapsed_s=elapsed_s), 0.1)
    plain.validation(4, {"bleu": 31.25}, is_best=True)
    plain.close()
    updates = [line.split(" ·")[0] for line in stream.getvalue().splitlines()]
    assert updates == ["update 0", "update 2", "update 4", "update 4"]
    assert stream.getvalue().endswith("update 4 · validation · bleu 31.25 · best so far\n")


def test_the_live_line(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    monkeypatch.setattr(screen, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    live = progress_for_terminal()
    assert isinstance(live, Live)
    live.training(replace(ROW, left_s=75.0), 0.25)
    live.validation(7, {"bleu": 31.25}, is_best=False)
    live.close()
    screen.seek(0)
    shown = screen.read()
    assert "loss 2.500" in shown
    assert "25%" in shown
    assert "update 7 · bleu 31.25" in shown


def test_elsewhere_lines_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert isinstance(progress_for_terminal(), Plain)
