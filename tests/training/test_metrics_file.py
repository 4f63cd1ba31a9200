import json
from pathlib import Path
from typing import Any

import pytest
from tests.test_storage import no_file_over

from saccade.errors import RunError, StorageError
from saccade.training.metrics_file import MetricsFile, read_metrics
from saccade.training.progress import TrainingRow

ROW = TrainingRow(
    update=7,
    epoch=2,
    elapsed_s=3.5,
    unit="tokens",
    seen=1100,
    learning_rate=0.01,
    loss=2.5,
    log_prob=-2.25,
    gradient_norm=0.5,
    seen_per_s=130.0,
    padding=0.05,
    left_s=None,
)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_rows_are_json_and_what_is_not_finite_is_null(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "new" / "metrics.jsonl", 0)
    file.training(ROW)
    file.validation(7, 3.75, {"bleu": 31.5, "loss": float("nan")})
    file.close()
    first, second = rows(tmp_path / "new" / "metrics.jsonl")
    assert (first["kind"], first["update"], first["log_prob"], first["left_s"]) == ("training", 7, -2.25, None)
    assert (first["tokens"], first["tokens_per_s"]) == (1100, 130.0)
    assert not {"unit", "seen", "seen_per_s"} & first.keys()
    assert second == {
        "kind": "validation",
        "update": 7,
        "elapsed_s": 3.75,
        "weights": "current",
        "bleu": 31.5,
        "loss": None,
    }


def test_it_is_cut_back_to_a_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    file = MetricsFile(path, 0)
    file.validation(3, 1.0, {"loss": 2.0})
    length = file.to_disk()
    file.validation(5, 2.0, {"loss": 1.0})
    file.close()
    again = MetricsFile(path, length)
    again.validation(5, 2.5, {"loss": 1.5})
    again.close()
    assert [(row["update"], row["loss"]) for row in rows(path)] == [(3, 2.0), (5, 1.5)]


def test_without_a_path_nothing_is_written() -> None:
    file = MetricsFile(None, 0)
    file.training(ROW)
    assert file.to_disk() == 0
    file.close()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "metrics.jsonl", 0)
    with no_file_over(100), pytest.raises(StorageError, match=r"metrics\.jsonl` could not be written: File too large"):
        file.training(ROW)
    file.close()


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file")
    with pytest.raises(StorageError, match=r"metrics\.jsonl` could not be written"):
        MetricsFile(tmp_path / "run" / "metrics.jsonl", 0)


def test_rows_come_back_but_for_one_that_is_being_written(tmp_path: Path) -> None:
    file = MetricsFile(tmp_path / "metrics.jsonl", 0)
    file.training(ROW)
    file.close()
    with (tmp_path / "metrics.jsonl").open("a", encoding="utf-8") as half:
        half.write('{"kind": "val')
    [row] = read_metrics(tmp_path / "metrics.jsonl")
    assert (row["kind"], row["update"], row["loss"]) == ("training", 7, 2.5)


WHOLE = b'{"kind": "training", "update": 3}\n'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (WHOLE + b"{\n", "line 2 is no JSON"),
        (WHOLE + b"\xff\n" + WHOLE, "line 2 is no JSON"),
        (WHOLE + b"[3]\n" + WHOLE, r"line 2 is no row of a training: \[3\]"),
        (b'{"kind": "training"}\n', "line 1 is no row of a training"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(content)
    with pytest.raises(RunError, match=rf"metrics.jsonl, {message}.*copy the run again"):
        read_metrics(path)
    path.unlink()
    with pytest.raises(RunError, match="cannot be read: No such file"):
        read_metrics(path)
