"""A run folder: what lies in it, how it is begun, and how it is read.

recipe.yaml          the recipe, with every option resolved
environment.json     says that this is a run, and what it was made with
model.safetensors    the weights that were kept; there once a validation has been done
metrics.jsonl        what training said
checkpoints/         what `--resume` goes on from
report.html          what it came to, written at the end by `saccade train`, and anew by `saccade report`

Each task has a file besides: `tokenizer.json` of texts, `labels.json` of labels.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from torch import nn

from saccade.errors import MissingError, OptionError, RunError
from saccade.recipes import yaml_lines
from saccade.recipes.load import check
from saccade.recipes.schema import Recipe
from saccade.run.environment import environment
from saccade.storage import written_aside
from saccade.training.precision import taken, training_device
from saccade.training.published import MODEL
from saccade.training.weights import load_weights

FORMAT: Final = "saccade.run"
VERSION: Final = 1
RECIPE, ENVIRONMENT = "recipe.yaml", "environment.json"


class RunFolder(NamedTuple):
    """What can be read from a run folder without building its network."""

    path: Path
    recipe: Any
    environment: dict[str, Any]

    def fill(self, network: nn.Module) -> None:
        """Put the weights of the run into its network.

        Raises:
            RunError: There are none yet, or they are damaged, or of another network.
        """
        file = self.path / MODEL
        if not file.is_file():
            raise RunError(
                f"{self.path} is incomplete: it has no {MODEL}, since its training has not come to a validation. "
                "The command that began it goes on with `--resume`."
            )
        load_weights(network, file)


def begin(path: Path, recipe: Recipe, keep: Callable[[Path], None]) -> None:
    """Write what a run needs before its training begins.

    Args:
        path: The folder.
        recipe: Of the run.
        keep: Writes what its task needs into the folder.

    Raises:
        StorageError: No room, or no permission.
    """
    keep(path)
    write_recipe(path, recipe)
    precision = taken(recipe.training.precision, training_device())
    note(path, environment() | {"precision": precision, "seed": recipe.seed})


def write_recipe(path: Path, recipe: Recipe) -> None:
    """Write the recipe of a run.

    Raises:
        StorageError: No room, or no permission.
    """
    with written_aside(path / RECIPE) as aside:
        aside.write_text(dump(recipe), encoding="utf-8")


def note(path: Path, facts: dict[str, Any]) -> None:
    """Write `environment.json`; it is what makes a folder a run."""
    saved = {"format": FORMAT, "version": VERSION, **facts}
    with written_aside(path / ENVIRONMENT) as aside:
        aside.write_text(json.dumps(saved, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def dump(recipe: Recipe) -> str:
    """A recipe as YAML, every option written out."""
    tree = recipe.model_dump(mode="json")
    for name in ("seed", "better"):
        tree["training"].pop(name)
    return yaml_lines.dump(tree)


def is_run(path: Path) -> bool:
    """Whether a training has begun in a folder."""
    return (path / ENVIRONMENT).is_file()


def read(path: Path) -> RunFolder:
    """Read what all run folders have, all but the weights.

    Raises:
        MissingError: There is no such folder.
        RunError: It is no run, incomplete, damaged, or from a newer version.
    """
    facts = _facts(path)
    check_there(path, RECIPE)
    try:
        tree, places = yaml_lines.read(path / RECIPE)
        recipe = check(tree, places)
    except OptionError as error:
        raise RunError(f"{path} has a recipe that this Saccade can't read: {error}") from None
    # All was written out, so what is not there was lost: its default may be something else than it said. (Recipes from
    # before there were tasks do not say theirs.)
    lost = type(recipe).model_fields.keys() - tree.keys() - {"task"}
    if lost:
        raise RunError(
            f"{path} has a recipe that this Saccade can't read: {RECIPE} has no `{min(lost)}`, and a run's says "
            "everything. Copy the run again, or train it anew."
        )
    return RunFolder(path, recipe, facts)


def check_there(path: Path, name: str) -> None:
    """Refuse a run that lacks one of its files.

    Raises:
        RunError: It is not there.
    """
    if not (path / name).is_file():
        raise RunError(f"{path} is incomplete: it has no {name}. Copy the whole folder, or train the run anew.")


def _facts(path: Path) -> dict[str, Any]:
    if not path.is_dir():
        what = "is a file, not a run folder" if path.exists() else "does not exist"
        raise MissingError(f"{path} {what}. `saccade train dates --out {path}` would make a run of that name.")
    file = path / ENVIRONMENT
    if not file.is_file():
        raise RunError(
            f"{path} is no run of Saccade: it has no {ENVIRONMENT}. Name the folder that `saccade train` made."
        )
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RunError(f"{file} is damaged: {error}. Copy the run again, or train it anew.") from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        found = facts.get("format") if isinstance(facts, dict) else facts
        raise RunError(f"{path} is of another kind: {ENVIRONMENT} says {found!r}, a run says '{FORMAT}'.")
    if not isinstance(facts.get("version"), int) or facts["version"] > VERSION:
        raise RunError(
            f"{path} was made by a newer Saccade ({facts.get('saccade')}): its format is {facts.get('version')}, "
            f"this one reads up to {VERSION}. Update Saccade."
        )
    return facts
