"""The tasks that a run may be of: what differs between them, named in one place."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from saccade.run import folder
from saccade.run.folder import RunFolder
from saccade.run.image_to_label import comparison as image_comparison
from saccade.run.image_to_label import files as image_files
from saccade.run.image_to_label import lesson as image_lesson
from saccade.run.image_to_label import model as image_model
from saccade.run.lesson import Lesson
from saccade.run.model import Model
from saccade.run.text_to_text import comparison as text_comparison
from saccade.run.text_to_text import files as text_files
from saccade.run.text_to_text import lesson as text_lesson
from saccade.run.text_to_text import model as text_model


class Task(NamedTuple):
    """What is done otherwise in each task.

    Attributes:
        file: What a run folder of it holds besides, written before a folder is a run.
        prepare: Reads the data of a recipe, and makes the network; of a run that is gone on with, by what it holds.
        load: Makes the model of a run folder.
        compare: Holds several models against the first.
    """

    file: str
    prepare: Callable[[Any, RunFolder | None], Lesson]
    load: Callable[[RunFolder], Model]
    compare: Callable[..., Any]


TASKS: Final[dict[str, Task]] = {
    "image-to-label": Task(image_files.LABELS, image_lesson.prepare, image_model.load, image_comparison.compare),
    "text-to-text": Task(text_files.TOKENIZER, text_lesson.prepare, text_model.load, text_comparison.compare),
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
