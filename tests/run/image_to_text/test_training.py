"""A training from image to text: what it writes, and that it goes on as if it had never stopped."""

import json
from pathlib import Path

import pytest
import torch
from tests.run.image_to_text.tiny_texts import write_tiny_texts

from saccade.errors import DataError
from saccade.recipes.load import load_recipe
from saccade.run.train import Begun, train
from saccade.training.weights import read_weights


def test_a_training_to_a_later_end_is_the_same_as_one_without_a_stop(tmp_path: Path) -> None:
    recipe = write_tiny_texts(tmp_path)
    changes = ["training.schedule=constant", "model.doubly_stochastic=0.1", "model.gated_context=true"]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(recipe, whole, changes)
    train(recipe, parts, [*changes, "training.max_updates=2"])
    Begun(load_recipe(recipe, changes), parts, resume=True).train()
    weights = [read_weights(run / "model.safetensors") for run in (parts, whole)]
    torch.testing.assert_close(*weights, rtol=0, atol=0)
    assert (parts / "recipe.yaml").read_text() == (whole / "recipe.yaml").read_text()
    assert sorted(path.name for path in whole.iterdir() if path.suffix in (".json", ".yaml", ".jsonl")) == [
        "environment.json",
        "metrics.jsonl",
        "recipe.yaml",
        "texts.json",
    ]
    rows = [json.loads(line) for line in (whole / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert set(rows[-1]) >= {"kind", "update", "loss", "exact", "cer"}


def test_images_that_can_not_be_read_stop_or_are_skipped(tmp_path: Path) -> None:
    recipe = write_tiny_texts(tmp_path)
    (tmp_path / "pictures" / "train-1.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"train-1.png\) is empty"):
        Begun(load_recipe(recipe), tmp_path / "run")
    begun = Begun(load_recipe(recipe, ["data.on_bad_file=skip"]), tmp_path / "run")
    assert begun.facts[:2] == ("6 images of 11×23", "1 that can't be read skipped")
    assert not (tmp_path / "run").exists()
