"""Two processes train into one folder, which one of them writes while the other waits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.training.test_processes import ROOT, free_port


@pytest.mark.slow
def test_two_processes_train_into_one_folder(tiny_recipe: Path, image_recipe: Path, tmp_path: Path) -> None:
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port()), "PYTHONPATH": str(ROOT)}
    folder = tmp_path / "runs"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.run.processes", str(tiny_recipe), str(image_recipe), str(folder)]
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
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(errors)
    first, second = (json.loads((folder / f"rank{rank}.json").read_text(encoding="utf-8")) for rank in range(2))
    assert first == second
    assert "holds a run already" in first["refused"]
    for name, own in (("texts", "tokenizer.json"), ("images", "labels.json")):
        assert {entry.name for entry in (folder / name).iterdir()} == {
            *("recipe.yaml", "environment.json", "metrics.jsonl", "model.safetensors", "checkpoints", own)
        }
        rows = [json.loads(line) for line in (folder / name / "metrics.jsonl").read_text().splitlines()]
        assert [row["update"] for row in rows if row["kind"] == "validation"] == [2, 4]
