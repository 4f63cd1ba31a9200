"""Run by test_processes.py, once for each process: train the tiny model on this process's share of the batches."""

import os
import sys
from pathlib import Path

import torch
from tests.training.example import ExampleBatches, ExampleModel, options, validate

from saccade.training.loop import train
from saccade.training.progress import Silent


def main(folder: Path, updates: int, resume: bool) -> None:
    torch.set_num_threads(1)
    batches = ExampleBatches(pick=slice(int(os.environ["RANK"]), 6, 2))
    chosen = options(max_epochs=None, max_updates=updates, schedule="constant", average_last=2, clip_norm=0.5)
    model = ExampleModel(dropout=0.0)
    train(model, batches, chosen, folder, validate=validate, resume=resume, progress=Silent())
    torch.save(model.state_dict(), folder / f"rank{os.environ['RANK']}.pt")
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "resume")
