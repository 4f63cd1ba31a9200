"""Run by test_processes.py, once for each process: train the tiny model on this process's share of the batches."""

import os
import sys
import time
from pathlib import Path

import torch
from tests.training.example import ExampleBatches, ExampleModel, options, validate
from torch import nn

from saccade.training.loop import train
from saccade.training.progress import Silent


def main(folder: Path, updates: int, mode: str) -> None:
    torch.set_num_threads(1)
    batches = ExampleBatches(pick=slice(int(os.environ["RANK"]), 6, 2))
    chosen = options(max_epochs=None, max_updates=updates, schedule="constant", average_last=2, clip_norm=0.5)
    judge = validate
    if mode == "clock":  # which runs out while they validate
        chosen = options(max_epochs=None, max_minutes=0.02, schedule="linear", validate_every_updates=1)
        judge = slowly
    model = ExampleModel(dropout=0.0)
    train(model, batches, chosen, folder, validate=judge, resume=mode == "resume", progress=Silent())
    torch.save(model.state_dict(), folder / f"rank{os.environ['RANK']}.pt")
    torch.distributed.destroy_process_group()


def slowly(model: nn.Module) -> dict[str, float]:
    time.sleep(0.5)
    return validate(model)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
