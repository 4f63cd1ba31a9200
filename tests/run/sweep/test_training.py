"""A sweep trains each run once, goes on where it was cut off, and outlives a run that fails."""

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tests.run.sweep.conftest import OPTIONS, OVER

from saccade.errors import OptionError, RunError
from saccade.recipes.load import Loaded
from saccade.run import folder
from saccade.run.sweep import record, training
from saccade.run.sweep.plan import plan
from saccade.run.sweep.training import Sweep
from saccade.run.train import train
from saccade.training.interrupt import StoppedError
from saccade.training.metrics_file import read_metrics
from saccade.training.progress import Silent
from saccade.training.trained import Trained


def sweep(recipe: Path, out: Path, *options: str) -> Sweep:
    return Sweep(plan(recipe, options, over=OVER), out)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> dict[str, BaseException]:
    """Trainings that take no time: they write what makes a folder a run, or, by name, fail."""
    errors: dict[str, BaseException] = {}

    class Quick:
        facts = ()

        def __init__(self, loaded: Loaded, path: Path, *, resume: bool) -> None:
            assert resume
            self.recipe, self.path = loaded.recipe, path

        def train(self, progress: object) -> Trained:
            folder.begin(self.path, self.recipe, lambda path: None)
            if self.path.name in errors:
                raise errors[self.path.name]
            updates = self.recipe.training.max_updates
            return Trained("last", {}, 0, updates, 11, 1.5, "updates")

    monkeypatch.setattr(training, "Begun", Quick)
    return errors


def test_each_run_is_what_train_makes_of_its_changes(swept: Sweep, tmp_path: Path) -> None:
    assert [(name, one.updates, one.ended_by) for name, one in swept.outcomes.items()] == [
        ("additive", 4, "updates"),
        ("general", 4, "updates"),
    ]
    recipe = swept.path.parent / "tiny.yaml"
    alone = train(recipe, tmp_path / "alone", [*OPTIONS, "model.attention.score=general"]).path
    weights, found = (load_file(run / "model.safetensors") for run in (alone, swept.path / "general"))
    torch.testing.assert_close(found, weights, rtol=0, atol=0)


def test_what_was_cut_off_goes_on_from_its_checkpoint(swept: Sweep, tmp_path: Path) -> None:
    path = Path(shutil.copytree(swept.path, tmp_path / "sweep"))
    outcomes = record.read(path)
    del outcomes["general"]
    record.write(path, outcomes)
    shutil.rmtree(path / "general" / "checkpoints" / "00000004")
    said: list[str] = []
    found = Sweep(swept.plan, path).train(said.append, Silent())
    assert said[0] == "[1/2] additive: is finished"
    assert [line for line in said if "35 pairs" in line and "general" in line]
    assert found["general"].updates == 4
    rows = [row["update"] for row in read_metrics(path / "general" / "metrics.jsonl") if row["kind"] == "training"]
    assert rows == [1, 2, 3, 4]
    weights, before = (load_file(run / "general" / "model.safetensors") for run in (path, swept.path))
    torch.testing.assert_close(weights, before, rtol=0, atol=0)


def test_a_finished_run_is_not_trained_again(
    tiny_recipe: Path, tmp_path: Path, said: list[str], errors: dict[str, BaseException]
) -> None:
    first = sweep(tiny_recipe, tmp_path / "sweep").train(said.append)
    assert record.read(tmp_path / "sweep") == first
    errors |= {name: AssertionError("is trained again") for name in first}
    said.clear()
    assert sweep(tiny_recipe, tmp_path / "sweep").train(said.append) == first
    assert said == ["[1/2] additive: is finished", "[2/2] general: is finished"]
    # One that was removed is no longer finished.
    (tmp_path / "sweep" / "general" / "environment.json").unlink()
    assert not sweep(tiny_recipe, tmp_path / "sweep").is_finished("general")


def test_ctrl_c_stops_the_sweep(
    tiny_recipe: Path, tmp_path: Path, said: list[str], errors: dict[str, BaseException]
) -> None:
    errors["general"] = StoppedError("Stopped by Ctrl-C.")
    with pytest.raises(StoppedError):
        sweep(tiny_recipe, tmp_path / "sweep").train(said.append)
    assert record.read(tmp_path / "sweep").keys() == {"additive"}


def test_a_later_end_is_gone_on_to(
    tiny_recipe: Path, tmp_path: Path, said: list[str], errors: dict[str, BaseException]
) -> None:
    constant, later = "training.schedule=constant", "training.max_updates=6"
    sweep(tiny_recipe, tmp_path / "sweep", constant).train(said.append)
    errors["additive"] = StoppedError("Stopped by Ctrl-C.")
    with pytest.raises(StoppedError):
        sweep(tiny_recipe, tmp_path / "sweep", constant, later).train(said.append)
    # Its folder says the later end now, and yet it has not come to it.
    assert not sweep(tiny_recipe, tmp_path / "sweep", constant, later).is_finished("additive")
    errors.clear()
    longer = sweep(tiny_recipe, tmp_path / "sweep", constant, later).train(said.append)
    assert {one.updates for one in longer.values()} == {6}


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (RunError("It is broken.\nMend it."), "It is broken. Mend it."),
        (RuntimeError("out of memory"), "RuntimeError: out of memory"),
    ],
)
def test_a_run_that_fails_is_named_and_the_others_go_on(
    tiny_recipe: Path,
    tmp_path: Path,
    said: list[str],
    errors: dict[str, BaseException],
    error: Exception,
    why: str,
) -> None:
    errors["additive"] = error
    outcomes = sweep(tiny_recipe, tmp_path / "sweep").train(said.append)
    assert outcomes["additive"].failed == why
    assert outcomes["general"].failed is None
    del errors["additive"]
    assert sweep(tiny_recipe, tmp_path / "sweep").train(said.append)["additive"].failed is None


def test_where_all_fail_the_first_is_said(
    tiny_recipe: Path, tmp_path: Path, said: list[str], errors: dict[str, BaseException]
) -> None:
    errors |= {name: RunError("Broken.") for name in ("additive", "general")}
    with pytest.raises(RunError, match=r"All 2 runs failed\. additive: Broken\."):
        sweep(tiny_recipe, tmp_path / "sweep").train(said.append)


@pytest.mark.usefixtures("errors")
def test_a_folder_of_other_runs_is_refused_before_anything_is_trained(
    tiny_recipe: Path, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(tiny_recipe, tmp_path / "sweep").train(said.append)
    with pytest.raises(RunError, match=r"`training.max_updates` was 4 there, and is 3 now"):
        sweep(tiny_recipe, tmp_path / "sweep", "training.max_updates=3")
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match="is a file; a sweep is a folder"):
        sweep(tiny_recipe, tmp_path / "file")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(OptionError, match="in one process, but 2 are joined"):
        sweep(tiny_recipe, tmp_path / "other")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ('{"format": "saccade.sweep", "version": 1, "runs": {"a": {"hours": 3}}}', "is damaged"),
        ('{"format": "saccade.run", "version": 1}', "of another kind"),
        ('{"format": "saccade.sweep", "version": 2, "runs": {}}', "newer Saccade"),
    ],
)
def test_a_damaged_record_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / record.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=message):
        record.read(tmp_path)
