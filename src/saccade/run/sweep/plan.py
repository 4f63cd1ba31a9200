"""What a sweep will train, and what it leaves out: all is checked before the first training begins."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple, final

from saccade.errors import OptionError
from saccade.recipes.build import check_parts
from saccade.recipes.load import Loaded, load_recipe
from saccade.run.sweep.variants import Changes, Variant, attentions, products

TASK: Final = "text-to-text"


@final
class Planned(NamedTuple):
    """A run that will be trained."""

    name: str
    changes: Changes
    loaded: Loaded


@final
class LeftOut(NamedTuple):
    """A run that can't be: its parts don't fit each other."""

    name: str
    changes: Changes
    why: str


@final
class Plan(NamedTuple):
    """The runs of a sweep, the first being what the others are held to, and those that are left out."""

    runs: list[Planned]
    left_out: list[LeftOut]


def plan(
    recipe: str | Path,
    options: Sequence[str] = (),
    *,
    minutes: float | None = None,
    over: Sequence[str] = (),
    full: bool = False,
) -> Plan:
    """Say what is trained.

    Args:
        recipe: The name of a built-in recipe, or a path.
        options: Changes that hold for all runs, such as `training.max_epochs=3`.
        minutes: How long each run is trained; a falling schedule then falls by the clock, unless `options` say
            another end as well.
        over: Options with several values each, `model.attention.score=additive,dot`: all their combinations are runs.
            Nothing: the attentions that there are; see `attentions`.
        full: Every score under every selection, where nothing is said by `over`.

    Raises:
        MissingError: There is no such recipe.
        OptionError: The recipe is wrong as it is, of another task, or does not look; a value of `over` fits in no
            combination; or there are less than two runs.

    Example:
        >>> found = plan("dates", over=["model.attention.score=dot,general"])
        >>> [run.name for run in found.runs], [run.name for run in found.left_out]
        (['dot', 'general'], [])
    """
    if full and over:
        raise OptionError("`--full` and `--over` both say what is varied. Leave one out.")
    common = [*(_ends_after(minutes) if minutes is not None else ()), *options]
    own = load_recipe(recipe, common)
    _check_task(own)
    variants = products(over) if over else _attentions(own, full=full)
    found = _tried(recipe, common, variants)
    if over:
        _check_each_fits(found)
    if len(found.runs) < 2:
        why = f" {found.left_out[0].name} is left out: {found.left_out[0].why}" if found.left_out else ""
        raise OptionError(f"There is one run, {found.runs[0].name}, and nothing to hold it to.{why}")
    return found


def _ends_after(minutes: float) -> tuple[str, ...]:
    """All runs get the same time, whatever their speed: no other end of the recipe's cuts a run short."""
    others = ("max_epochs", "max_updates", "patience")
    return (f"training.max_minutes={float(minutes)}", *(f"training.{name}=null" for name in others))


def _check_task(loaded: Loaded) -> None:
    recipe = loaded.recipe
    if recipe.task != TASK:
        raise OptionError(
            f"A sweep is of a recipe from text to text, but {recipe.name} is of {recipe.task}. Train such runs one by "
            "one, with `saccade train --set`, and hold them to each other by `saccade compare`."
        )


def _attentions(loaded: Loaded, *, full: bool) -> list[Variant]:
    check_parts(loaded)
    decoder = loaded.recipe.model.decoder
    context = decoder.options.get("context", "attention")
    if decoder.kind != "recurrent" or context != "attention":
        got = f"context: {context}" if decoder.kind == "recurrent" else f"kind: {decoder.kind}"
        raise OptionError(
            f"{loaded.recipe.name} has a decoder whose look can't be varied (`model.decoder`: `{got}`). Take one that "
            "is `recurrent`, with `context: attention`, or say with `--over` what is varied."
        )
    return attentions(loaded.recipe, full=full)


def _tried(recipe: str | Path, common: Sequence[str], variants: Sequence[Variant]) -> Plan:
    """Try whether the parts of each variant fit each other."""
    found = Plan([], [])
    for name, changes in variants:
        try:
            loaded = load_recipe(recipe, [*common, *changes])
            _check_task(loaded)
            check_parts(loaded)
        except OptionError as error:
            found.left_out.append(LeftOut(name, changes, str(error)))
        else:
            found.runs.append(Planned(name, changes, loaded))
    return found


def _check_each_fits(found: Plan) -> None:
    """Refuse a value that was wished for and fits in no combination: it may be misspelt."""
    fitting = {change for run in found.runs for change in run.changes}
    for run in found.left_out:
        if not fitting.issuperset(run.changes):
            raise OptionError(run.why)
