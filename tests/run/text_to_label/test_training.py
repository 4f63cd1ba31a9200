"""A recipe of texts with labels is trained into a folder, and goes on bit for bit."""

import json
from pathlib import Path

import pytest
import torch

from saccade.errors import DataError, RunError
from saccade.recipes.load import load_recipe
from saccade.run.tasks import load
from saccade.run.text_to_label.files import read_labels
from saccade.run.text_to_label.model import TextLabelModel
from saccade.run.train import Begun, train
from saccade.training.weights import read_weights


def test_a_training_to_a_later_end_is_the_same_as_one_without_a_stop(label_recipe: Path, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    trained = train(label_recipe, whole)
    assert isinstance(trained, TextLabelModel)
    train(label_recipe, parts, ["training.max_updates=2"])
    Begun(load_recipe(label_recipe), parts, resume=True).train()
    weights = [read_weights(run / "model.safetensors") for run in (parts, whole)]
    torch.testing.assert_close(*weights, rtol=0, atol=0)
    texts = ["this is good", "not so"]
    assert load(whole).predict(texts) == trained.predict(texts)
    rows = [json.loads(line) for line in (whole / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    # The loss on texts that are not trained on is the negative log-likelihood.
    assert rows[-1]["loss"] == pytest.approx(rows[-1]["nll"])
    assert set(rows[-1]) >= {"kind", "update", "loss", "top1", "nll"}


def test_what_its_labels_mean_comes_back_from_the_file(label_run: Path, tmp_path: Path) -> None:
    labels = read_labels(label_run)
    labels.save(tmp_path / "labels.json")
    again = read_labels(tmp_path)
    assert (again.classes, again.tokenizer.to_json()) == (labels.classes, labels.tokenizer.to_json())
    assert again.classes == ("bad", "good")
    (tmp_path / "labels.json").write_text('{"format": "saccade.labels", "version": 1}', encoding="utf-8")
    with pytest.raises(
        RunError, match=r"labels.json is `saccade.labels` of version 1; this Saccade reads `saccade.text"
    ):
        read_labels(tmp_path)
    (tmp_path / "labels.json").write_text('{"format": "saccade.text-labels", "version": 1}', encoding="utf-8")
    with pytest.raises(RunError, match=r"labels.json is damaged: KeyError\('classes'\)"):
        read_labels(tmp_path)


def test_facts_say_what_was_left_out(label_recipe: Path, tmp_path: Path) -> None:
    with (label_recipe.parent / "train.csv").open("a", encoding="utf-8") as file:
        file.write("   ,good\n")
    begun = Begun(load_recipe(label_recipe, ["data.max_tokens=4"]), tmp_path / "run")
    assert begun.facts[:4] == ("20 texts", "1 empty ones skipped", "5 too long left out", "2 classes")
    with pytest.raises(DataError, match=r"All 25 texts have more than 1 tokens, so none is left. Raise `data.max_tok"):
        Begun(load_recipe(label_recipe, ["data.max_tokens=1"]), tmp_path / "run")


def test_a_class_that_the_training_never_saw_stops_it(label_recipe: Path, tmp_path: Path) -> None:
    with (label_recipe.parent / "validation.csv").open("a", encoding="utf-8") as file:
        file.write("so so,goood\n")
    with pytest.raises(DataError, match=r"validation.csv, line 7: the class `goood` is not one .* Did you mean `good`"):
        Begun(load_recipe(label_recipe), tmp_path / "run")
