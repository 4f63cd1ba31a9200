"""Arguments and options that several verbs share."""

from pathlib import Path
from typing import Annotated, Any

import typer

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder that `saccade train` made.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")]
Beam = Annotated[int | None, typer.Option(min=1, help="Search with a beam of so many; 1 is greedy.")]
Search = Annotated[
    list[str] | None, typer.Option("--search", metavar="NAME=VALUE", help="Change an option of the recipe's `search`.")
]
DataFiles = Annotated[
    list[Path] | None,
    typer.Option("--data", metavar="FILE", help="Pairs of your own: one file, or twice for sources and targets."),
]


def search_options(beam: int | None, changes: list[str] | None) -> dict[str, Any]:
    """What was said about the search, as options of the recipe's section."""
    from saccade.errors import OptionError
    from saccade.recipes import yaml_lines

    options: dict[str, Any] = {}
    if beam is not None:
        options = {"kind": "greedy"} if beam == 1 else {"kind": "beam", "beam": beam}
    for change in changes or ():
        name, equals, value = change.partition("=")
        if not equals:
            raise OptionError(f"`--search {change}` must look like `--search length_penalty=0.6`.")
        options[name.strip().removeprefix("search.")] = yaml_lines.value(value)
    return options


def read_data(files: list[Path]) -> Any:
    """Pairs from one file or two."""
    from saccade.data.read import read_pairs
    from saccade.errors import OptionError

    if len(files) > 2:
        raise OptionError(f"`--data` is given {len(files)} times. Give it once (TSV, JSONL, Parquet) or twice (lines).")
    return read_pairs((files[0], files[1]) if len(files) == 2 else files[0])
