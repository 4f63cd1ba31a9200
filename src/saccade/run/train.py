"""Train what a recipe says, into a run folder."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import final

from saccade.errors import RunError
from saccade.recipes.build import check_parts
from saccade.recipes.load import Loaded, load_recipe
from saccade.recipes.schema import Recipe
from saccade.run import folder
from saccade.run.going_on import changes_of_end
from saccade.run.lesson import Lesson
from saccade.run.model import Model
from saccade.run.tasks import TASKS, load
from saccade.training import TrainingOptions, loop
from saccade.training.precision import native_bfloat16, taken, training_device
from saccade.training.processes import decided_by_main
from saccade.training.progress import Progress
from saccade.training.trained import Trained


@final
class Begun:
    """A training that is ready to go: everything is read, checked and built, and nothing is written yet.

    Where several processes train together, the main one alone looks at the folder and writes it; the others wait.

    Args:
        loaded: The recipe.
        path: The run folder.
        resume: Go on with what lies in the folder; the end of the training may then be a later one.

    Raises:
        OptionError: The recipe has a part or an option that does not exist or does not fit.
        MissingError, DataError: Its data is not there, or can't be read.
        RunError: The folder holds another run, or (without `resume`) one at all.
    """

    def __init__(self, loaded: Loaded, path: Path, *, resume: bool = False) -> None:
        check_parts(loaded)
        self.recipe, self.path = loaded.recipe, path
        self._task = TASKS[self.recipe.task]
        self.resume, self.changes = decided_by_main(lambda: self._look_at_folder(resume=resume))
        self.lesson = self._task.prepare(self.recipe, folder.read(path) if self.resume else None)

    @property
    def facts(self) -> tuple[str, ...]:
        """What is worth saying before it begins."""
        return (*self.lesson.facts, f"{self.lesson.parameters:,} parameters", self._precision(), *self.changes)

    def train(self, progress: Progress | None = None) -> Trained:
        """Train until a limit is reached; see `saccade.training.loop.train`.

        Raises:
            StorageError: The folder can't be written.
        """
        decided_by_main(self._write)
        return loop.train(
            self.lesson.network,
            self.lesson.batches,
            training_options(self.recipe, self.lesson),
            self.path,
            validate=self.lesson.validate,
            resume=self.resume,
            progress=progress,
        )

    def _precision(self) -> str:
        """Of the products, and whether that is slow here."""
        device = training_device()
        precision = taken(self.recipe.training.precision, device)
        if precision == "bfloat16" and not native_bfloat16(device):
            return f"bfloat16, which is slow on this {device.type}: `training.precision=auto` takes what is not"
        return precision

    def _look_at_folder(self, *, resume: bool) -> tuple[bool, tuple[str, ...]]:
        """Whether there is a run to go on with, and what of its end has changed."""
        path = self.path
        if path.exists() and not path.is_dir():
            raise RunError(f"{path} is a file; a run is a folder. Name another one with `--out`.")
        if not path.is_dir() or not any(path.iterdir()):
            return False, ()
        if not folder.is_run(path):
            beginning = {self._task.file, folder.RECIPE}
            if all(entry.name in beginning or entry.name.endswith(".writing") for entry in path.iterdir()):
                return False, ()  # killed while it was begun: nothing is lost by beginning again
            raise RunError(f"{path} is not empty, and no run. Name another folder with `--out`.")
        if not resume:
            raise RunError(
                f"{path} holds a run already. Go on with it by `--resume`, or name another folder with `--out`."
            )
        return True, changes_of_end(folder.read(path).recipe, self.recipe, path)

    def _write(self) -> None:
        if not self.resume:
            folder.begin(self.path, self.recipe, self.lesson.keep)
        elif self.changes:
            folder.write_recipe(self.path, self.recipe)


def train(recipe: str | Path, out: str | Path, options: Sequence[str] = (), *, resume: bool = False) -> Model:
    """Train a recipe into a folder, and give the model.

    Args:
        recipe: The name of a built-in recipe, or a path.
        out: The run folder.
        options: Changes to the recipe, such as `training.max_epochs=3`.
        resume: Go on with what lies in the folder.
    """
    Begun(load_recipe(recipe, options), Path(out), resume=resume).train()
    return load(out)


def training_options(recipe: Recipe, lesson: Lesson) -> TrainingOptions:
    """The options of the loop: the recipe's, its seed, and which way `watch` is better."""
    higher = recipe.training.watch in lesson.higher_is_better
    fields = {field.name: getattr(recipe.training, field.name) for field in dataclasses.fields(TrainingOptions)}
    return TrainingOptions(**fields | {"seed": recipe.seed, "better": "higher" if higher else "lower"})
