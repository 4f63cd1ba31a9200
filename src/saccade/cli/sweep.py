"""`saccade sweep`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from saccade.cli.train import Set


def sweep(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A name from `saccade list`, or a YAML file.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder of the sweep, with a run folder each [default: runs/NAME-sweep].")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            metavar="M",
            help="Train each run for so long, a falling schedule falling to that end [default: as the recipe says].",
        ),
    ] = None,
    set_: Set = None,
    over: Annotated[
        list[str] | None,
        typer.Option(
            "--over",
            metavar="NAME=VALUE,VALUE",
            help="What is varied, as `model.encoder.cell=gru,lstm`; given again, all combinations.",
        ),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Every score under every selection.")] = False,
) -> None:
    """Train a recipe with every score and every selection that fits; run again, it goes on.

    Without `--over` and `--full`: the recipe's score under every selection, hard ones by each estimator and, where they
    fit, exactly; then every score under the recipe's selection.
    """
    from saccade.recipes.load import load_recipe
    from saccade.recipes.place import check_there

    loaded = load_recipe(recipe, set_ or ())
    check_there(loaded.recipe)
    path = out or Path("runs") / f"{loaded.recipe.name}-sweep"
    from saccade.run.sweep.plan import plan
    from saccade.run.sweep.training import Sweep

    begun = Sweep(plan(recipe, set_ or (), minutes=minutes, over=over or (), full=full), path)
    for run in begun.plan.left_out:
        _say(f"left out: {run.name}: {run.why}")
    try:
        begun.train(_say)
    except KeyboardInterrupt:
        _say("saccade: Stopped by Ctrl-C; the same command goes on.")
        raise typer.Exit(130) from None
    typer.echo(path)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
