"""Two processes on halves of the batches do what one does on all of them."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tests.training.example import ExampleBatches, ExampleModel, options, validate

from saccade.training.loop import train
from saccade.training.progress import Silent

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run_two(folder: Path, updates: int, mode: str) -> None:
    """Start two processes as torchrun does."""
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.training.processes", str(folder), str(updates), mode]
    processes = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | shared | {"RANK": str(rank), "LOCAL_RANK": str(rank), "OMP_NUM_THREADS": "1"},
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    errors = [process.communicate(timeout=120)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(errors)


@pytest.mark.slow
def test_two_processes_do_what_one_does(tmp_path: Path) -> None:
    two = tmp_path / "two"
    run_two(two, 5, "begin")
    run_two(two, 8, "resume")
    model = ExampleModel(dropout=0.0)
    chosen = options(max_epochs=None, max_updates=8, schedule="constant", average_last=2, clip_norm=0.5, accumulate=2)
    batches = ExampleBatches(pick=slice(6))
    train(model, batches, chosen, tmp_path / "one", validate=validate, progress=Silent())
    for rank in range(2):
        weights = torch.load(two / f"rank{rank}.pt")
        for name, value in model.state_dict().items():
            torch.testing.assert_close(weights[name], value, rtol=1e-6, atol=1e-6)
    assert sorted(path.name for path in two.iterdir() if path.suffix != ".pt") == [
        "checkpoints",
        "metrics.jsonl",
        "model.safetensors",
    ]


@pytest.mark.slow
def test_two_processes_end_together_by_the_clock(tmp_path: Path) -> None:
    """It runs out in a validation, which one of them writes down; the rate falls by the clock, in both alike."""
    run_two(tmp_path, 1, "clock")
    first, second = (torch.load(tmp_path / f"rank{rank}.pt") for rank in range(2))
    for name, value in first.items():
        assert torch.equal(value, second[name])
