"""A training with hidden tokens: what it writes, that the seed says all, and that it goes on as if it never stopped."""

import json
from pathlib import Path

import pytest
import torch
from tests.run.masked_text.tiny_masked import write_tiny_masked

from saccade.errors import DataError, MissingError, OptionError
from saccade.recipes.load import load_recipe
from saccade.run.train import Begun, train
from saccade.training.weights import read_weights


def test_a_training_to_a_later_end_is_the_same_as_one_without_a_stop(tmp_path: Path) -> None:
    recipe = write_tiny_masked(tmp_path)
    changes = ["training.schedule=constant", "training.max_updates=7", "model.encoder.dropout=0.1"]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train(recipe, whole, changes)
    train(recipe, parts, [*changes, "training.max_updates=3"])  # in the middle of an epoch
    Begun(load_recipe(recipe, changes), parts, resume=True).train()
    weights = [read_weights(run / "checkpoints" / "00000007" / "model.safetensors") for run in (parts, whole)]
    torch.testing.assert_close(*weights, rtol=0, atol=0)
    rows = [json.loads(line) for line in (whole / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    assert set(rows[-1]) >= {"kind", "update", "loss", "accuracy", "nll", "perplexity"}
    assert rows[-1]["loss"] == pytest.approx(rows[-1]["nll"])
    assert "tokenizer.json" in {path.name for path in whole.iterdir()}


def test_the_seed_says_what_is_hidden(tmp_path: Path) -> None:
    recipe = write_tiny_masked(tmp_path)

    def batches(*options: str) -> list[torch.Tensor]:
        source = Begun(load_recipe(recipe, options), tmp_path / "run").lesson.batches
        return [part for epoch in (1, 2) for key in source.epoch(epoch) for part in source.load(key)]

    first, again, other = batches(), batches(), batches("seed=2")
    assert all(torch.equal(*both) for both in zip(first, again, strict=True))
    assert any(not torch.equal(*both) for both in zip(first, other, strict=False))


def test_facts_count_what_is_left_out(tmp_path: Path) -> None:
    recipe = write_tiny_masked(tmp_path)
    begun = Begun(load_recipe(recipe, ["data.max_tokens=5"]), tmp_path / "run")
    assert begun.facts[:4] == ("12 texts", "1 empty skipped", "9 too long left out", "vocabulary 13")


def test_any_encoder_of_texts_learns(tmp_path: Path) -> None:
    recipe = write_tiny_masked(tmp_path)
    lstm = ["model.encoder={kind: recurrent, cell: lstm, d_state: 5}", "batches={max_texts: null, max_tokens: 40}"]
    model = train(recipe, tmp_path / "run", [*lstm, "training.label_smoothing=0.1"])
    assert model.evaluate().tokens >= 7
    with pytest.raises(OptionError, match=r"encoder without self-attention \(`model.encoder.kind: recurrent`\)"):
        model.look("a <mask> sat")


@pytest.mark.parametrize(
    ("option", "kind", "message"),
    [
        ("data.train=none.txt", MissingError, r"none.txt: there is no such file"),
        ("data.max_tokens=1", DataError, r"None of the 21 texts is left"),
        ("tokenizer.min_count=100", DataError, r"None of the 21 texts is left: 0 have .*, and 21 have none that the"),
    ],
)
def test_data_that_can_not_be_learnt_from_is_refused(
    tmp_path: Path, option: str, kind: type[Exception], message: str
) -> None:
    recipe = write_tiny_masked(tmp_path)
    if "max_tokens" in option:
        (tmp_path / "train.txt").write_text("a cat\n" * 21, encoding="utf-8")
    with pytest.raises(kind, match=message):
        Begun(load_recipe(recipe, [option]), tmp_path / "run")
    assert not (tmp_path / "run").exists()
