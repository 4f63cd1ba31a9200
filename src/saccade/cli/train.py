"""`saccade train`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from saccade.run.train import Begun

Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change an option: `training.max_epochs=3`.")
]


def train(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="A name from `saccade list`, or a YAML file.")],
    set_: Set = None,
    out: Annotated[Path | None, typer.Option(help="The run folder [default: runs/NAME].")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what lies in the folder.")] = False,
) -> None:
    """Train a recipe into a run folder; killed at any moment, `--resume` goes on with the same batches."""
    from saccade.recipes.load import load_recipe

    loaded = load_recipe(recipe, set_ or ())
    path = out or Path("runs") / loaded.recipe.name
    _say(f"{loaded.recipe.name}: reading data")
    from saccade.run.train import Begun

    begun = Begun(loaded, path, resume=resume)
    _say(_begun_line(begun))
    try:
        trained = begun.train()
    except KeyboardInterrupt as error:
        _say(f"saccade: {str(error) or 'Stopped by Ctrl-C; `--resume` goes on from the last checkpoint.'}")
        raise typer.Exit(130) from None
    figures = " · ".join(f"{name} {value:.4g}" for name, value in trained.figures.items())
    _say(f"Ended by {trained.ended_by} after {trained.updates:,} updates, {trained.elapsed_s:,.0f} s.")
    _say(f"Kept the {trained.kept} weights: {figures}. Next: saccade evaluate {path}")
    typer.echo(path)


def _begun_line(begun: "Begun") -> str:
    pairs, left_out = begun.pairs, begun.encoded.too_long
    parts = [f"{len(begun.encoded):,} pairs"]
    parts += [f"{pairs.skipped:,} with an empty side skipped"] if pairs.skipped else []
    parts += [f"{left_out:,} too long left out"] if left_out else []
    sizes = begun.tokenizers.source.vocabulary_size, begun.tokenizers.target.vocabulary_size
    parts += [f"vocabularies {sizes[0]:,} and {sizes[1]:,}", f"{begun.parameters:,} parameters"]
    return f"{begun.recipe.name}: {' · '.join(parts)} → {begun.path}"


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
