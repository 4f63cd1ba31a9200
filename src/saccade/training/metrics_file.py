"""`metrics.jsonl`: the figures of a training, a JSON object a line, cut back to the checkpoint on resuming."""

import json
import math
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TextIO, final

from saccade.errors import RunError, StorageError
from saccade.training.progress import TrainingRow

METRICS: Final = "metrics.jsonl"


@final
class MetricsFile:
    """Write rows to the end of the file, after what was written since the checkpoint is cut off.

    Args:
        path: The file; None writes nothing.
        keep_bytes: Its length at the checkpoint that the training goes on from; what was written later is removed.

    Raises:
        StorageError: It could not be written.
    """

    def __init__(self, path: Path | None, keep_bytes: int) -> None:
        self._path = path
        self._file: TextIO | None = None
        if path is None:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            if path.stat().st_size > keep_bytes:
                os.truncate(path, keep_bytes)
            self._file = path.open("a", encoding="utf-8", newline="\n")
        except OSError as error:
            raise _not_written(path, error) from error

    def training(self, row: TrainingRow) -> None:
        """Add a row of training."""
        self._add({"kind": "training", **row.figures()})

    def validation(self, update: int, elapsed_s: float, figures: dict[str, float], weights: str = "current") -> None:
        """Add a row of validation; `weights` says which ones: current or averaged."""
        self._add({"kind": "validation", "update": update, "elapsed_s": elapsed_s, "weights": weights, **figures})

    def to_disk(self) -> int:
        """Make sure that all rows are on the disk; give the length of the file."""
        if self._path is None or self._file is None:
            return 0
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            return self._path.stat().st_size
        except OSError as error:
            raise _not_written(self._path, error) from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            # After a full disk, closing would fail again, over the error that says so.
            with suppress(OSError):
                self._file.close()

    def _add(self, row: dict[str, Any]) -> None:
        if self._path is None or self._file is None:
            return
        finite = {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in row.items()
        }
        try:
            self._file.write(json.dumps(finite) + "\n")
            self._file.flush()
        except OSError as error:
            raise _not_written(self._path, error) from error


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The rows of a training, also of one that still runs; a last line that is being written is left out.

    Raises:
        RunError: There is no such file, or it is damaged.
    """
    try:
        # What is no text any more is no JSON either.
        *lines, _ = path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError as error:
        raise RunError(
            f"{path} cannot be read: {error.strerror or error}. It says how the run learnt: copy the run again."
        ) from error
    return [_row(line, f"{path}, line {number}") for number, line in enumerate(lines, start=1)]


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise RunError(f"{where} is no JSON ({error}). The file is damaged: copy the run again.") from error
    if not isinstance(row, dict) or not {"kind", "update"} <= row.keys():
        raise RunError(f"{where} is no row of a training: {line:.60}. The file is damaged: copy the run again.")
    return row


def _not_written(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"`{path}` could not be written: {error.strerror or error}. The checkpoints are untouched. "
        "Make room or mend the folder's permissions, then go on with `--resume`."
    )
