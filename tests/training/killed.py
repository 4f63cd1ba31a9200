"""Run by test_killed.py: kill trainings by a real SIGKILL at many moments, resume them, and print what came out.

Each training is a fork of this process, which imported torch and has no threads: that saves the seconds of each import.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from tests.training.example import ExampleBatches, ExampleModel, train_example

import saccade.training.checkpoint as checkpoint_module
import saccade.training.loop as loop_module
from saccade.training.judge import Judge
from saccade.training.metrics_file import MetricsFile
from saccade.training.optimiser import adamw

OPTIONS = {
    "max_epochs": 4,
    "validate_every_updates": 3,
    "average_last": 3,
    "warmup_steps": 4,
    "label_smoothing": 0.1,
    "accumulate": 2,
}


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def at_call(number: int, of: Any, name: str, *, first: Callable[..., None] = lambda *arguments: None) -> None:
    """Let a function kill the process when it is called for the n-th time, after `first` did part of its work."""
    original, calls = getattr(of, name), [0]

    def counted(*arguments: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == number:
            first(*arguments)
            kill()
        return original(*arguments, **named)

    setattr(of, name, counted)


def half_a_file(tensors: Any, path: Path, *rest: Any) -> None:
    path.write_bytes(b"half a file")


def half_a_copy(source: Path, path: Path) -> None:
    path.write_bytes(source.read_bytes()[:100])


def half_a_row(file: MetricsFile, row: dict[str, Any]) -> None:
    assert file._file is not None
    file._file.write('{"kind": "trai')
    file._file.flush()


# The second file of each checkpoint is the optimiser's; a validation writes a checkpoint and then publishes.
MOMENTS: dict[str, Callable[[], None]] = {
    "before any checkpoint": lambda: at_call(3, ExampleBatches, "load"),
    "in the middle of an epoch": lambda: at_call(17, ExampleBatches, "load"),
    "while validating": lambda: at_call(3, Judge, "figures"),
    "while writing the first checkpoint": lambda: at_call(2, checkpoint_module, "write_tensors", first=half_a_file),
    "while writing a later checkpoint": lambda: at_call(6, checkpoint_module, "write_tensors", first=half_a_file),
    "before the rename": lambda: at_call(3, Path, "replace"),
    "while publishing": lambda: at_call(2, shutil, "copyfile", first=half_a_copy),
    "while thinning out": lambda: at_call(9, checkpoint_module, "remove"),
    "in the middle of a row": lambda: at_call(7, MetricsFile, "_add", first=half_a_row),
    "while averaging": lambda: at_call(1, loop_module, "mean_weights"),
}


def forked(work: Callable[[], None]) -> int:
    """Run something in a fork of this process; give the signal that ended it, or 0."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return finished(child)


def finished(child: int) -> int:
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    if os.WEXITSTATUS(status) != 0:
        raise RuntimeError("a training failed: see above")
    return 0


def outcome(folder: Path, *, resume: bool) -> None:
    model, trained = train_example(folder, resume=resume, **OPTIONS)
    torch.save(model.state_dict(), folder / "final.pt")
    told = {"updates": trained.updates, "tokens": trained.tokens, "figures": trained.figures, "kept": trained.kept}
    (folder / "told.json").write_text(json.dumps(told))


def kill_from_outside(folder: Path) -> int:
    """Kill a training wherever it happens to be, once it has written a few rows."""
    child = os.fork()
    if child == 0:
        outcome(folder, resume=False)
        os._exit(0)
    metrics = folder / "metrics.jsonl"
    while not metrics.exists() or metrics.stat().st_size < 700:
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    return finished(child)


def same(folder: Path, other: Path) -> dict[str, bool]:
    ours, theirs = torch.load(folder / "final.pt"), torch.load(other / "final.pt")
    published = load_file(folder / "model.safetensors")
    rows = [
        [(row["kind"], row["update"], row.get("loss")) for row in read_rows(f) if row["kind"] == "validation"]
        for f in (folder, other)
    ]
    return {
        "weights": all(torch.equal(ours[name], theirs[name]) for name in theirs),
        "published": all(torch.equal(ours[name], value) for name, value in published.items()),
        "told": (folder / "told.json").read_text() == (other / "told.json").read_text(),
        "validations": rows[0] == rows[1],
        "nothing half-written": not list(folder.rglob(".*.writing")),
    }


def read_rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def main() -> None:
    torch.set_num_threads(1)
    # What an optimiser imports when it is made takes seconds: once here, not in each fork.
    adamw(ExampleModel(), weight_decay=0.0, betas=(0.9, 0.999))
    home = Path(tempfile.mkdtemp())
    whole = home / "whole"
    forked(lambda: outcome(whole, resume=False))
    results: dict[str, Any] = {}
    for number, (moment, arrange) in enumerate(MOMENTS.items()):
        folder = home / str(number)
        ended_by = forked(lambda arrange=arrange, folder=folder: (arrange(), outcome(folder, resume=False))[1])
        forked(lambda folder=folder: outcome(folder, resume=True))
        results[moment] = {"killed": ended_by == signal.SIGKILL, **same(folder, whole)}
    folder = home / "outside"
    ended_by = kill_from_outside(folder)
    forked(lambda: outcome(folder, resume=True))
    results["wherever it happens to be"] = {"killed": ended_by in (0, signal.SIGKILL), **same(folder, whole)}
    # Killed again and again, every few batches, until it gets through.
    folder, kills = home / "often", 0
    while forked(lambda: (at_call(9, ExampleBatches, "load"), outcome(folder, resume=True))[1]) and kills < 20:
        kills += 1
    results["again and again"] = {"killed": kills > 2, **same(folder, whole)}
    shutil.rmtree(home)
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
