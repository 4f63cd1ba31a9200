"""Whether a run may go on with a recipe: the same, or the same with a later end."""

from pathlib import Path
from typing import Any, Final

from saccade.errors import RunError
from saccade.recipes.schema import Recipe
from saccade.training.schedule import NEEDS_END

ENDS: Final = ("training.max_epochs", "training.max_updates", "training.max_minutes")


def changes_of_end(before: Recipe, now: Recipe, path: Path) -> tuple[str, ...]:
    """Hold a recipe against that of the run that it shall go on with.

    A later end is allowed where the learning rates so far do not depend on the end; the weights are then those that the
    training would have come to with that end from the beginning.

    Args:
        before: Of the run.
        now: Of the command.
        path: The run folder, for the message.

    Returns:
        What is later, in words; nothing where the recipes are the same.

    Raises:
        RunError: Something else differs, an end is earlier, or the schedule depends on the end.
    """
    old, new = _flat(before.model_dump(mode="json")), _flat(now.model_dump(mode="json"))
    changed = {name: (old.get(name), new.get(name)) for name in {**old, **new} if old.get(name) != new.get(name)}
    for name, (was, is_now) in changed.items():
        if name not in ENDS or not _is_later(was, is_now):
            later = " Only a later end may differ." if name in ENDS else ""
            raise RunError(
                f"{path} holds a run of another recipe: `{name}` was {was!r} there, and is {is_now!r} now.{later} "
                "Name another `--out`."
            )
        if before.training.schedule in NEEDS_END and name in _followed(before):
            raise RunError(
                f"{path} holds a run whose `training.schedule: {before.training.schedule}` falls towards its end, "
                f"`{name}` of {was!r}: with {is_now!r} it would have had other learning rates so far. Begin anew with "
                "another `--out`; runs with `schedule: constant` or `inverse-sqrt` can be made longer."
            )
    return tuple(f"`{name}` is {_said(is_now)}, and was {was}" for name, (was, is_now) in changed.items())


def _is_later(was: Any, is_now: Any) -> bool:
    return was is not None and (is_now is None or is_now > was)


def _said(limit: Any) -> str:
    return "not limited" if limit is None else str(limit)


def _followed(recipe: Recipe) -> tuple[str, ...]:
    """The limits that a falling schedule goes by."""
    return ENDS[2:] if recipe.training.follows_clock else ENDS[:2]


def _flat(tree: object, name: str = "") -> dict[str, object]:
    if not isinstance(tree, dict):
        return {name: tree}
    return {
        key: value for part, inner in tree.items() for key, value in _flat(inner, f"{name}.{part}".strip(".")).items()
    }
