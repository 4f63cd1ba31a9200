"""`saccade sweep`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from saccade.cli.options import AsJson, Beam, Search, Split, search_options
from saccade.cli.tables import table
from saccade.cli.train import Set

if TYPE_CHECKING:
    from saccade.run.sweep.table import Table

Over = Annotated[
    list[str] | None,
    typer.Option(
        "--over",
        metavar="NAME=VALUE,VALUE",
        help="What is varied, as `model.decoder.cell=gru,lstm`; given again, all combinations.",
    ),
]
Minutes = Annotated[
    float | None,
    typer.Option(
        metavar="M",
        help="Train each run for so long; a falling schedule falls to that end [default: as the recipe says].",
    ),
]


def sweep(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A name from `saccade list`, or a YAML file.")],
    out: Annotated[
        Path | None, typer.Option(help="The folder of the sweep, with a run folder each [default: runs/NAME-sweep].")
    ] = None,
    minutes: Minutes = None,
    set_: Set = None,
    over: Over = None,
    full: Annotated[bool, typer.Option("--full", help="Every score under every selection.")] = False,
    split: Split = "validation",
    metric: Annotated[str | None, typer.Option(help="The one of the table [default: the recipe's first].")] = None,
    beam: Beam = None,
    search: Search = None,
    file: Annotated[
        Path | None, typer.Option("--table", metavar="FILE", help="Write the table as x.md or x.csv, too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train a recipe with every score and every selection that fits, and print one table; run again, it goes on.

    Without `--over` and `--full`: the recipe's score under every selection, hard ones by each estimator and, where they
    fit, exactly; then every score under the recipe's selection.
    """
    from saccade.recipes.load import load_recipe
    from saccade.recipes.place import check_there

    options = search_options(beam, tuple(search or ()))
    loaded = load_recipe(recipe, set_ or ())
    check_there(loaded.recipe)
    from saccade.run.sweep.measures import measure, wish
    from saccade.run.sweep.plan import plan
    from saccade.run.sweep.table import Table, check_suffix
    from saccade.run.sweep.training import Sweep

    if file is not None:
        check_suffix(file)
    planned = plan(recipe, set_ or (), minutes=minutes, over=over or (), full=full)
    begun = Sweep(planned, out or Path("runs") / f"{loaded.recipe.name}-sweep")
    wished = wish(planned, split, metric=metric, **options)
    for run in planned.left_out:
        _say(f"left out: {run.name}: {run.why}")
    try:
        outcomes = begun.train(_say)
    except KeyboardInterrupt:
        _say("saccade: Stopped by Ctrl-C; the same command goes on.")
        raise typer.Exit(130) from None
    found = Table.of(planned, outcomes, wished.metric, measure(begun, wished, _say))
    _print(found, as_json=as_json)
    if file is not None:
        found.save(file)
        _say(f"saccade: wrote {file}")


def _print(found: "Table", *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=2))
        return
    print(table(found.head(), found.texts()))
    print("\n" + "\n".join(found.notes()))
    print(found.rows[0].signature, file=sys.stderr)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
