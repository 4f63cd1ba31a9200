"""Whether a recipe's data is there at all: asked before anything heavy is imported."""

from pathlib import Path

from saccade.errors import MissingError
from saccade.recipes.schema import SPLITS, Recipe


def check_there(recipe: Recipe) -> None:
    """Refuse a recipe whose set or files are not there.

    Raises:
        MissingError: Says what is missing, and of a set where to get it.
    """
    # A set's files are named by what reads them, which needs no torch, but more than `--help` may wait for.
    from saccade.data.sets.home import check_set_is_there

    if recipe.data.set is not None:
        check_set_is_there(recipe.data.set)
        return
    for split in SPLITS:
        path, _ = recipe.data.origin(split)
        for file in path if isinstance(path, tuple | list) else (path,):
            if file is not None and not file.startswith("hub:") and not Path(file).exists():
                raise MissingError(f"{file}: there is no such file. It is named by `data.{split}`.")
