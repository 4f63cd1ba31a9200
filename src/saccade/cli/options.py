"""Arguments and options that several verbs share, and what was wished for, handed to what a task does with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, final

import typer

if TYPE_CHECKING:
    from saccade.run.model import Model

Run = Annotated[Path, typer.Argument(metavar="RUN", help="The folder that `saccade train` made.")]
Together = Annotated[
    list[Path] | None,
    typer.Option("--with", metavar="RUN", help="Texts: a run that answers together with the first, by their mean."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")]
Beam = Annotated[int | None, typer.Option(min=1, help="Texts: search with a beam of so many; 1 is greedy.")]
Search = Annotated[
    list[str] | None,
    typer.Option("--search", metavar="NAME=VALUE", help="Texts: change an option of the recipe's `search`."),
]
DataFiles = Annotated[
    list[Path] | None,
    typer.Option("--data", metavar="FILE", help="Data of your own: one file or folder; two of sources and targets."),
]
Split = Annotated[str, typer.Option(help="A split of the recipe's data: train, validation, test.")]


class Format(StrEnum):
    """How results are written."""

    tsv = "tsv"
    jsonl = "jsonl"


@final
@dataclass(frozen=True)
class PredictWish:
    """How to answer; `window` says how many inputs to read ahead, None for the usual number."""

    format: Format
    n_best: int
    window: int | None
    beam: int | None
    search: tuple[str, ...]
    seed: int | None


@final
@dataclass(frozen=True)
class LookWish:
    """What to look at, and how to show it."""

    inputs: tuple[str, ...]
    out: Path | None
    as_json: bool
    pieces: bool
    alternatives: int
    beam: int | None
    search: tuple[str, ...]
    layer: str | None
    channel: int | None
    trust: bool
    layers: bool


@final
@dataclass(frozen=True)
class EvaluateWish:
    """What to measure by, and how to say it."""

    data: tuple[Path, ...]
    split: str
    as_json: bool
    beam: int | None
    search: tuple[str, ...]
    confusion: Path | None
    trust: bool

    @property
    def what(self) -> str:
        """The data in words."""
        return " and ".join(map(str, self.data)) or self.split


@final
@dataclass(frozen=True)
class CompareWish:
    """What to compare by, and how to show it."""

    data: tuple[Path, ...]
    split: str
    metric: str | None
    out: tuple[Path, ...]
    as_json: bool
    beam: int | None
    search: tuple[str, ...]


def search_options(beam: int | None, changes: tuple[str, ...]) -> dict[str, Any]:
    """What was said about the search, as options of the recipe's section."""
    from saccade.errors import OptionError
    from saccade.recipes import yaml_lines

    options: dict[str, Any] = {}
    if beam is not None:
        options = {"kind": "greedy"} if beam == 1 else {"kind": "beam", "beam": beam}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise OptionError(f"`--search {change}` must look like `--search length_penalty=0.6`.")
        options[name.strip().removeprefix("search.")] = yaml_lines.value(value)
    return options


def load_together(run: Path, others: list[Path] | None) -> "Model":
    """The model of a run; with others, all of them as one."""
    from saccade.run.tasks import load

    model = load(run)
    return model.together([load(other) for other in others]) if others else model


def refuse(model: "Model", options: Mapping[str, Any]) -> None:
    """Refuse options that say nothing about runs of a model's task.

    Raises:
        OptionError: One of them was given.
    """
    from saccade.errors import OptionError

    for name, value in options.items():
        if value is not None and value is not False and value != ():
            raise OptionError(f"`{name}` says nothing about {model.path}, a run of {model.recipe.task}. Leave it out.")


def without_none(**options: Any) -> dict[str, Any]:
    """The options that were given.

    Example:
        >>> without_none(window=None, seed=3)
        {'seed': 3}
    """
    return {name: value for name, value in options.items() if value is not None}
