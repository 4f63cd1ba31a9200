"""A recipe is trained into a folder, goes on where it stopped, and learns a task that needs attention."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Literal

import pytest
import torch
import yaml
from safetensors.torch import load_file

from saccade.errors import DataError, RunError
from saccade.recipes.load import load_recipe
from saccade.run import environment, folder
from saccade.run.tasks import load
from saccade.run.train import Begun, train, training_options
from saccade.training.precision import taken, training_device


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "model.safetensors")


def test_the_same_recipe_gives_the_same_weights(tiny_recipe: Path, tmp_path: Path) -> None:
    runs = [train(tiny_recipe, tmp_path / name).path for name in ("one", "two")]
    torch.testing.assert_close(weights(runs[0]), weights(runs[1]), rtol=0, atol=0)


def test_another_seed_gives_other_weights(tiny_recipe: Path, tmp_path: Path) -> None:
    one, two = (train(tiny_recipe, tmp_path / str(seed), [f"seed={seed}"]).path for seed in (1, 2))
    assert any(not torch.equal(value, weights(two)[name]) for name, value in weights(one).items())


def test_a_finished_run_is_not_trained_on(tiny_recipe: Path, tmp_path: Path) -> None:
    run = train(tiny_recipe, tmp_path / "run").path
    before = weights(run)
    train(tiny_recipe, run, resume=True)
    torch.testing.assert_close(weights(run), before, rtol=0, atol=0)


def test_resume_without_a_run_begins_one(tiny_recipe: Path, tmp_path: Path) -> None:
    assert train(tiny_recipe, tmp_path / "run", resume=True).predict(["ab"])


def test_a_run_that_was_killed_while_it_was_begun_is_begun_again(tiny_recipe: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    for name in ("tokenizer.json", "recipe.yaml", ".environment.json.writing"):
        (run / name).write_text("half", encoding="utf-8")
    assert train(tiny_recipe, run).predict(["ab"])


def test_resume_refuses_another_recipe_and_says_what_differs(tiny_recipe: Path, tmp_path: Path) -> None:
    run = train(tiny_recipe, tmp_path / "run").path
    with pytest.raises(RunError, match=r"another recipe: `model.encoder.d_state` was 5 there, and is 6 now"):
        Begun(load_recipe(tiny_recipe, ["model.encoder.d_state=6"]), run, resume=True)


def test_a_run_from_before_there_were_tasks_is_read_and_gone_on_with(
    tiny_recipe: Path, tiny_run: Path, tmp_path: Path
) -> None:
    run = Path(shutil.copytree(tiny_run, tmp_path / "old"))
    tree = yaml.safe_load((run / "recipe.yaml").read_text(encoding="utf-8"))
    del tree["task"]
    for name in ("optimiser", "momentum", "nesterov"):
        del tree["training"][name]
    # Its data lay elsewhere, as the recipe's here.
    tree["data"] |= {split: str(tiny_recipe.parent / f"{split}.tsv") for split in ("train", "validation")}
    tree["data"]["test"] = tree["data"]["validation"]
    (run / "recipe.yaml").write_text(yaml.safe_dump(tree), encoding="utf-8")
    assert load(run).predict(["abc"]) == load(tiny_run).predict(["abc"])
    assert Begun(load_recipe(tiny_recipe), run, resume=True).resume


def test_the_direction_of_what_is_watched_is_known(tiny_recipe: Path, tmp_path: Path) -> None:
    for watch, better in (("loss", "lower"), ("exact", "higher"), ("cer", "lower")):
        begun = Begun(load_recipe(tiny_recipe, [f"training.watch={watch}", "seed=3"]), tmp_path / "run")
        options = training_options(begun.recipe, begun.lesson)
        assert (options.better, options.seed) == (better, 3)


def test_the_environment_says_with_what_it_was_made(tiny_run: Path) -> None:
    facts = json.loads((tiny_run / "environment.json").read_text(encoding="utf-8"))
    assert facts["format"] == folder.FORMAT
    assert facts["seed"] == 1
    assert facts["packages"]["torch"] == torch.__version__
    assert facts["machine"]["cores"] >= 1
    assert facts["precision"] == "float32"


def test_a_source_that_cannot_be_answered_is_refused_before_the_training(tiny_recipe: Path, tmp_path: Path) -> None:
    """Whatever `max_tokens` leaves out of the loss, answers are given to all."""
    with (tiny_recipe.parent / "validation.tsv").open("a", encoding="utf-8") as file:
        file.write(f"{'a' * 6_000}\ta\n")
    with pytest.raises(DataError, match=r"validation pair \d+ has 6,001 tokens, and at most 5,000 are answered"):
        train(tiny_recipe, tmp_path / "run", ["data.max_tokens=50"])


def test_a_change_anywhere_in_the_package_marks_the_commit(tmp_path: Path) -> None:
    package = tmp_path / "src" / "saccade"
    (package / "run").mkdir(parents=True)
    (package / "attention.py").write_text("", encoding="utf-8")
    shutil.copy(environment.__file__, package / "run" / "environment.py")

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "all")
    spec = importlib.util.spec_from_file_location("environment_there", package / "run" / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    there = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(there)
    (tmp_path / "notes.txt").write_text("beside the package", encoding="utf-8")
    assert there.commit() == git("rev-parse", "HEAD")
    (package / "attention.py").write_text("changed = True", encoding="utf-8")
    assert there.commit() == git("rev-parse", "HEAD") + "+"


@pytest.mark.parametrize("precision", ["auto", "bfloat16"])
def test_the_environment_says_which_precision_was_taken(
    tiny_recipe: Path, tmp_path: Path, precision: Literal["auto", "bfloat16"]
) -> None:
    run = train(tiny_recipe, tmp_path / "run", [f"training.precision={precision}", "training.max_updates=1"]).path
    facts = json.loads((run / "environment.json").read_text(encoding="utf-8"))
    assert facts["precision"] == taken(precision, training_device())


def test_a_precision_that_is_slow_here_is_named(
    tiny_recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(native: bool, precision: str) -> str:
        monkeypatch.setattr("saccade.training.precision.native_bfloat16", lambda device: native)
        monkeypatch.setattr("saccade.run.train.native_bfloat16", lambda device: native)
        return Begun(load_recipe(tiny_recipe, [f"training.precision={precision}"]), tmp_path / "run").facts[-1]

    assert (said(True, "auto"), said(False, "auto")) == ("bfloat16", "float32")
    assert said(True, "bfloat16") == "bfloat16"
    assert "slow on this" in said(False, "bfloat16")
    assert "`training.precision=auto`" in said(False, "bfloat16")


@pytest.mark.parametrize("context", ["initial", "every-step", "attention"])
@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
def test_every_context_and_cell_trains_and_answers(tiny_recipe: Path, tmp_path: Path, context: str, cell: str) -> None:
    options = [f"model.decoder.context={context}", f"model.decoder.cell={cell}", "model.encoder.cell=gru"]
    model = train(tiny_recipe, tmp_path / "run", options)
    assert model.looks == (context == "attention")
    assert len(model.predict(["abc", "b"])) == 2


@pytest.mark.parametrize(
    "options",
    [
        ["model.decoder.query=current-state", "model.decoder.input_feeding=true"],
        ["model.attention.heads=2", "model.attention.d_model=6", "model.attention.score=scaled_dot"],
        ["model.attention.selection=hard"],
        ["model.attention.selection={kind: hard, estimator: reinforce}"],
        ["model.output=mixture", "model.decoder.query=current-state", "training.precision=bfloat16"],
        ["model.output=copying", "tokenizer.shared=true", "training.label_smoothing=0.1"],
        ["model.output={kind: monotonic, order: 1}", "model.decoder.query=current-state"],
        [
            "model.attention.selection={kind: monotonic, noise: 0.5}",
            "model.attention.score={kind: coverage, fertility: 2.0}",
            "model.attention.coverage_loss=0.5",
            "model.decoder.query=current-state",
        ],
        ["model.attention.selection={kind: local_p, window: 1}", "model.attention.score=location"],
        [
            "model.attention.selection={kind: local_m, window: 1}",
            "model.attention.heads=2",
            "model.attention.d_model=6",
        ],
        ["tokenizer.shared=true", "model.embeddings.tie=all"],
        ["model.encoder.layers=2", "model.decoder.layers=2", "model.encoder.directions=1", "model.encoder.dropout=0.3"],
        ["tokenizer.source.kind=word", "tokenizer.target.kind=unigram", "tokenizer.target.vocabulary_size=9"],
        ["training.average_last=2", "training.label_smoothing=0.1", "training.schedule=cosine"],
        ["batches.max_pairs=null", "batches.max_tokens=64"],
    ],
    ids=lambda options: options[0],
)
def test_options_survive_the_way_through_a_run(tiny_recipe: Path, tmp_path: Path, options: list[str]) -> None:
    model = train(tiny_recipe, tmp_path / "run", options)
    assert load(model.path).predict(["abc", "ab"]) == model.predict(["abc", "ab"])


@pytest.mark.parametrize(
    ("selection", "kept"),
    [
        ("{kind: hard, estimator: reinforce}", {"reinforce.reward", "reinforce.weight"}),
        (
            "{kind: hard, estimator: gumbel, final_temperature: 0.5, annealing_batches: 5}",
            {"decoder.attention.selection.batches"},
        ),
    ],
)
def test_hard_looks_go_on_where_they_stopped(tiny_recipe: Path, tmp_path: Path, selection: str, kept: set[str]) -> None:
    """Noise, moving baseline and temperature are those of a training that never stopped."""
    options = [f"model.attention.selection={selection}", "training.schedule=constant"]
    whole = train(tiny_recipe, tmp_path / "whole", [*options, "training.max_updates=6"]).path
    parts = train(tiny_recipe, tmp_path / "parts", [*options, "training.max_updates=3"]).path
    train(tiny_recipe, parts, [*options, "training.max_updates=6"], resume=True)
    one, two = (load_file(run / "checkpoints" / "00000006" / "model.safetensors") for run in (whole, parts))
    assert kept <= set(one)
    torch.testing.assert_close(one, two, rtol=0, atol=0)
    assert all(one[name] != 0 for name in kept)
