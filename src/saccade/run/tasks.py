"""The tasks that a run may be of: what differs between them, found in one place."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, final

from saccade.run import folder
from saccade.run.folder import RunFolder
from saccade.run.lesson import Lesson
from saccade.run.model import Model


@final
class Task:
    """What is done otherwise in each task; a part of it is imported when it is asked for, so that answering is soon.

    Args:
        name: As a recipe says it; the folder of its parts has the same.
        file: What a run folder of it holds besides, written before a folder is a run.
    """

    def __init__(self, name: str, file: str) -> None:
        self.file = file
        self._home = f"saccade.run.{name.replace('-', '_')}"

    def prepare(self, recipe: Any, run: RunFolder | None) -> Lesson:
        """Read the data of a recipe, and make the network; of a run that is gone on with, by what it holds."""
        return import_module(f"{self._home}.lesson").prepare(recipe, run)

    def load(self, run: RunFolder) -> Model:
        """Make the model of a run folder."""
        return import_module(f"{self._home}.model").load(run)

    def compare(self, models: Sequence[Any], data: Any, **options: Any) -> Any:
        """Hold several models against the first."""
        return import_module(f"{self._home}.comparison").compare(models, data, **options)

    def report(self, model: Any, split: str) -> Iterable[Any]:
        """What the report of a run tells of its quality and its maps, as blocks of a page."""
        return import_module(f"{self._home}.report").blocks(model, split)


TASKS: Final[dict[str, Task]] = {
    "image-to-label": Task("image-to-label", "labels.json"),
    "image-to-text": Task("image-to-text", "texts.json"),
    "masked-text": Task("masked-text", "tokenizer.json"),
    "text-to-label": Task("text-to-label", "labels.json"),
    "text-to-text": Task("text-to-text", "tokenizer.json"),
}


def load(path: str | Path) -> Model:
    """Load the model of a run, of whatever task.

    Args:
        path: The folder that `saccade train` made.

    Raises:
        MissingError: There is no such folder.
        RunError: It is no run, incomplete, damaged, from a newer version, or of another kind.
    """
    run = folder.read(Path(path))
    return TASKS[run.recipe.task].load(run)
