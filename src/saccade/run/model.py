"""What every trained model does, as it comes out of a run folder."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from saccade.errors import OptionError, did_you_mean
from saccade.maps import Trust
from saccade.recipes.schema import Recipe
from saccade.run.examples import Example, named_example


class Model(ABC):
    """A trained model: it answers, shows where it looked, and is measured.

    Args:
        path: Its run folder.
    """

    unit: str = "texts"
    """What it reads, several of them, for messages."""
    recipe: Any
    """What it was trained by."""
    network: Any
    """With its trained weights."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Those that an example was asked of.
        self._splits: dict[str, Any] = {}

    @abstractmethod
    def predict(self, inputs: Iterable[Any], /) -> list[str]:
        """Answer inputs: the best answer to each, in their order."""

    @abstractmethod
    def look(self, input: Any, /) -> Any:
        """Answer one input, and show where the model looked."""

    @property
    @abstractmethod
    def looks(self) -> bool:
        """Whether there is anything to see: an attention, or a gate."""

    @abstractmethod
    def split(self, name: str, /) -> Any:
        """A split of the recipe's data, as this model reads it.

        Raises:
            OptionError: There is no such split.
        """

    def example(self, name: str, /) -> Example | None:
        """An example of the recipe's data by its name: `test:17` is the 17th of the test split.

        Returns:
            What `look` takes in place of an input; None where the name is none of an example.

        Raises:
            OptionError: The split has no such example.
        """
        named = named_example(name)
        if named is None:
            return None
        split, number = named
        if split not in self._splits:
            self._splits[split] = self.split(split)
        found = self._splits[split]
        if not 0 < number <= len(found):
            raise OptionError(
                f"`{name}` is no {self.unit.removesuffix('s')} of {self.path}: its {split} {self.unit} are 1 to "
                f"{len(found):,}."
            )
        return Example(found, number - 1)

    def together(self, others: Sequence["Model"]) -> "Model":
        """This model and others as one: an ensemble.

        Raises:
            OptionError: The task has none.
        """
        raise OptionError(
            f"{self.path} is a run of {self.recipe.task}, of which {1 + len(others)} can't answer together. Runs of "
            "text-to-text can; name one run."
        )

    def trust(self, data: Any = "validation", /, *, seed: int = 0) -> Trust | None:
        """Judge where the model looks by erasing what that says matters.

        Raises:
            OptionError: The looks of this task are not judged.
        """
        raise OptionError(
            f"{self.path} is a run of {self.recipe.task}, whose looks are not judged by erasing. Those of all other "
            "tasks are; leave `trust` out."
        )

    @abstractmethod
    def evaluate(self, data: Any = "validation", /) -> Any:
        """Answer the inputs of a split of the recipe's data, or of data of one's own, and measure the answers."""


def names_of(models: Sequence[Model]) -> list[str]:
    """The names of the models' folders, or their whole paths where these are the same."""
    short = [model.path.resolve().name for model in models]
    return short if len(set(short)) == len(short) else [str(model.path) for model in models]


def metric_of(model: Model, wished: str | None) -> str:
    """The metric that models are compared by: the one wished for, or the first of the recipe.

    Raises:
        OptionError: The recipe of the model has no such metric.
    """
    return metric_in(model.recipe, wished, f"the recipe of {model.path}")


def metric_in(recipe: Recipe, wished: str | None, what: str) -> str:
    """The metric that is wished for, or the first of a recipe, which the message calls `what`.

    Raises:
        OptionError: The recipe has no such metric.
    """
    names = [part.kind for part in recipe.evaluation.metrics]
    chosen = wished or names[0]
    if chosen not in names:
        raise OptionError(f"`metric` is {chosen!r}, which {what} lacks. {did_you_mean(chosen, names)}")
    return chosen
