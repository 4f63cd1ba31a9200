"""What is trained, what is left out and why: known before the first training."""

from pathlib import Path
from typing import Any

import pytest

from saccade.errors import OptionError
from saccade.run.sweep.plan import plan

SCORE, SELECTION = "model.attention.score", "model.attention.selection"


def test_what_does_not_fit_is_left_out_with_the_reason(tiny_recipe: Path) -> None:
    found = plan(tiny_recipe)
    reasons = {run.name: run.why for run in found.left_out}
    # The encoder is 10 wide, the decoder 7; and the query is of the previous state.
    assert reasons.keys() == {
        "additive-soft-mixture-output",
        "additive-soft-monotonic-output",
        "cosine-soft",
        "dot-soft",
        "scaled_dot-soft",
    }
    assert "10" in reasons["dot-soft"]
    assert "`decoder.query` must be current-state" in reasons["additive-soft-mixture-output"]
    assert found.runs[0].name == "additive-soft"
    assert not {run.name for run in found.runs} & reasons.keys()


def test_options_hold_for_all_runs(tiny_recipe: Path) -> None:
    found = plan(tiny_recipe, ["model.decoder.d_state=10", "model.decoder.query=current-state"])
    assert not found.left_out
    assert {run.loaded.recipe.model.decoder.options["d_state"] for run in found.runs} == {10}
    kinds = {run.name: run.loaded.recipe.model for run in found.runs}
    assert kinds["dot-soft"].attention.score.kind == "dot"
    assert kinds["additive-hard-reinforce"].attention.selection.options == {"estimator": "reinforce"}
    assert kinds["additive-soft-monotonic-output"].output.kind == "monotonic"


def test_minutes_are_the_only_end_so_that_the_rate_falls_to_it(tiny_recipe: Path) -> None:
    text = tiny_recipe.read_text(encoding="utf-8").replace("max_updates: 4", "max_updates: 4\n  patience: 3")
    tiny_recipe.write_text(text, encoding="utf-8")
    over = [f"{SCORE}=additive,general"]
    for run in plan(tiny_recipe, minutes=2.0, over=over).runs:
        training = run.loaded.recipe.training
        ends = (training.max_minutes, training.max_updates, training.max_epochs, training.patience)
        assert ends == (2.0, None, None, None)
        assert training.follows_clock
    # What is said by hand holds.
    [first, *_] = plan(tiny_recipe, ["training.max_updates=5"], minutes=2.0, over=over).runs
    assert (first.loaded.recipe.training.max_minutes, first.loaded.recipe.training.max_updates) == (2.0, 5)


def test_a_combination_that_does_not_fit_is_left_out(tiny_recipe: Path) -> None:
    changes = [f"{SCORE}=additive,coverage", f"{SELECTION}=soft,{{kind: hard, estimator: reinforce}}"]
    found = plan(tiny_recipe, ["model.decoder.d_state=10"], over=changes)
    assert [run.name for run in found.runs] == ["additive-soft", "additive-hard-reinforce", "coverage-soft"]
    assert [run.name for run in found.left_out] == ["coverage-hard-reinforce"]


@pytest.mark.parametrize(
    ("options", "wishes", "message"),
    [
        ([], {"over": [f"{SCORE}=addtive,dot"]}, "Did you mean `additive`?"),
        ([], {"over": [f"{SCORE}=additive,dot"]}, "10"),
        ([], {"over": ["attention.score=additive,general"]}, "`attention` is not an option"),
        ([], {"over": [f"{SCORE}=additive"]}, "There is one run, additive, and nothing to hold it to."),
        ([], {"over": ["task=text-to-text,image-to-label"]}, "is not an option"),
        ([], {"over": [f"{SCORE}=additive,general"], "full": True}, "both say what is varied"),
        ([], {"minutes": 0.0}, "`training.max_minutes` is 0.0. Allowed: numbers above 0."),
        (["model.decoder.context=every-step"], {}, "can't be varied .*`context: every-step`"),
        ([f"{SCORE}=addtive"], {}, "Did you mean `additive`?"),
    ],
)
def test_wrong_wishes_are_refused(tiny_recipe: Path, options: list[str], wishes: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        plan(tiny_recipe, options, **wishes)


def test_a_recipe_of_images_is_refused() -> None:
    with pytest.raises(OptionError, match="clutter is of image-to-label"):
        plan("clutter")
