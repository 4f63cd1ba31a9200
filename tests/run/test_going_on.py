"""What a run may go on with: its own recipe, or the same with a later end where the rates so far don't depend on it."""

from pathlib import Path

import pytest

from saccade.errors import RunError
from saccade.recipes.load import load_recipe
from saccade.run.going_on import changes_of_end

CONSTANT = "training.schedule=constant"
FALLING = "training.schedule=linear"


def changes(before: list[str], now: list[str]) -> tuple[str, ...]:
    old, new = (load_recipe("dates", ["training.max_updates=null", *options]).recipe for options in (before, now))
    return changes_of_end(old, new, Path("runs/x"))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([FALLING, "training.max_updates=5"], [FALLING, "training.max_updates=5"], ()),
        (
            [CONSTANT, "training.max_updates=5"],
            [CONSTANT, "training.max_updates=7"],
            ("`training.max_updates` is 7, and was 5",),
        ),
        (
            [CONSTANT, "training.max_updates=5", "training.max_minutes=3.0"],
            [CONSTANT, "training.max_updates=5"],
            ("`training.max_minutes` is not limited, and was 3.0",),
        ),
        (
            # The rates follow the updates, whatever the clock says.
            [FALLING, "training.max_updates=5", "training.max_minutes=3.0"],
            [FALLING, "training.max_updates=5", "training.max_minutes=4.0"],
            ("`training.max_minutes` is 4.0, and was 3.0",),
        ),
    ],
)
def test_a_later_end_is_allowed_and_said(before: list[str], now: list[str], said: tuple[str, ...]) -> None:
    assert changes(before, now) == said


@pytest.mark.parametrize(
    ("before", "now", "message"),
    [
        (
            [CONSTANT, "training.max_epochs=5"],
            [CONSTANT, "training.max_epochs=3"],
            r"`training.max_epochs` was 5 there, and is 3 now. Only a later end may differ",
        ),
        (
            [CONSTANT, "training.max_epochs=5"],
            [CONSTANT, "training.max_epochs=5", "training.max_updates=9"],
            r"`training.max_updates` was None there, and is 9 now",
        ),
        (
            [CONSTANT, "training.max_epochs=5"],
            [CONSTANT, "training.max_epochs=7", "seed=3"],
            r"`seed` was 1 there, and is 3 now. Name another `--out`",
        ),
        (
            [FALLING, "training.max_epochs=5"],
            [FALLING, "training.max_epochs=7"],
            r"`training.schedule: linear` falls towards its end, `training.max_epochs` of 5: with 7 it would have had",
        ),
        (
            [FALLING, "training.max_minutes=5.0"],
            [FALLING, "training.max_minutes=7.0"],
            r"falls towards its end, `training.max_minutes` of 5.0",
        ),
    ],
)
def test_another_recipe_or_an_end_that_the_rates_went_by_is_refused(
    before: list[str], now: list[str], message: str
) -> None:
    with pytest.raises(RunError, match=message):
        changes(before, now)
