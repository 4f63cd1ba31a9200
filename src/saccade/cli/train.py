"""`saccade train`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from saccade.training.processes import is_main

Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change an option: `training.max_epochs=3`.")
]


class OnBadFile(StrEnum):
    """What is done with a file that is no image."""

    stop = "stop"
    skip = "skip"


def train(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A name from `saccade list`, or a YAML file.")],
    set_: Set = None,
    out: Annotated[Path | None, typer.Option(help="The run folder [default: runs/NAME].")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with what lies in the folder, to a later end if so wished.")
    ] = False,
    on_bad_file: Annotated[
        OnBadFile | None, typer.Option(help="Images: what to do with one that can't be read [default: stop].")
    ] = None,
) -> None:
    """Train a recipe into a run folder; killed at any moment, `--resume` goes on with the same batches."""
    from saccade.recipes.load import load_recipe
    from saccade.recipes.place import check_there

    bad_files = [] if on_bad_file is None else [f"data.on_bad_file={on_bad_file}"]
    loaded = load_recipe(recipe, [*(set_ or ()), *bad_files])
    check_there(loaded.recipe)
    path = out or Path("runs") / loaded.recipe.name
    _say(f"{loaded.recipe.name}: reading data")
    from saccade.run.train import Begun

    begun = Begun(loaded, path, resume=resume)
    _say(f"{begun.recipe.name}: {' · '.join(begun.facts)} → {begun.path}")
    try:
        trained = begun.train()
    except KeyboardInterrupt as error:
        _say(f"saccade: {str(error) or 'Stopped by Ctrl-C; `--resume` goes on from the last checkpoint.'}")
        raise typer.Exit(130) from None
    figures = " · ".join(f"{name} {value:.4g}" for name, value in trained.figures.items())
    _say(f"Ended by {trained.ended_by} after {trained.updates:,} updates, {trained.elapsed_s:,.0f} s.")
    _say(f"Kept the {trained.kept} weights: {figures}. Next: saccade evaluate {path}")
    if is_main():
        report_of(path)
        typer.echo(path)


def report_of(path: Path) -> None:
    """Tell of the run; that this could not be done takes nothing from what was trained."""
    from saccade.errors import SaccadeError
    from saccade.run.report import write_report
    from saccade.run.tasks import load

    _say("Telling of it on one page: where it looks, how far to trust that …")
    try:
        _say(f"Wrote {write_report(load(path))}.")
    except (SaccadeError, OSError) as error:
        _say(f"saccade: no report was written: {error}")


def _say(line: str) -> None:
    """A line on stderr; of several processes, the main one speaks."""
    if is_main():
        print(line, file=sys.stderr, flush=True)
