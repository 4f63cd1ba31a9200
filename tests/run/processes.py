"""Run by test_processes.py, once for each process: train recipes together with the other one, and use what came out."""

import json
import os
import sys
from pathlib import Path

import torch

from saccade.errors import SaccadeError
from saccade.recipes.load import load_recipe
from saccade.run.tasks import load
from saccade.run.train import Begun
from saccade.training.progress import Silent


def main(texts: Path, images: Path, folder: Path) -> None:
    torch.set_num_threads(1)
    told: dict[str, object] = {}
    for name, recipe, inputs in (
        ("texts", texts, ["abc"]),
        ("images", images, sorted(images.parent.glob("*/*/*.png"))),
    ):
        for resume, updates in ((False, 2), (True, 4)):
            changes = ["training.schedule=constant", f"training.max_updates={updates}"]
            Begun(load_recipe(recipe, changes), folder / name, resume=resume).train(Silent())
        # The run is there for this process too, whichever of them wrote it.
        told[name] = load(folder / name).predict(inputs)
    try:
        Begun(load_recipe(texts), folder / "texts")
    except SaccadeError as error:
        told["refused"] = str(error)
    (folder / f"rank{os.environ['RANK']}.json").write_text(json.dumps(told), encoding="utf-8")
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
