"""What every trained model does that gives labels."""

from abc import abstractmethod
from pathlib import Path
from typing import Any

from saccade.errors import OptionError
from saccade.run.image_inputs import example_of
from saccade.run.label_evaluation import Judged
from saccade.run.model import Model


class LabelModel(Model):
    """A trained model that gives an image or a text a label.

    Args:
        path: Its run folder.

    Attributes:
        unit: What it labels: `images` or `texts`.
    """

    unit: str

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        # Splits of the recipe's data that something was looked at of.
        self._splits: dict[str, Any] = {}

    @abstractmethod
    def judged(self, data: Any, /) -> Judged:
        """Label a split of the recipe's data, or data of one's own."""

    @abstractmethod
    def labelled(self, data: Any, /) -> Any:
        """Examples with labels as this model reads them: of a split of the recipe's data, of a path, or given ones."""

    def example(self, input: Any) -> tuple[Any, int] | None:
        """The data and the place of an example of the recipe, such as `test:17`; None where it is something else.

        Raises:
            OptionError: The data has no such example.
        """
        named = example_of(input)
        if named is None:
            return None
        split, number = named
        if split not in self._splits:
            self._splits[split] = self.labelled(split)
        found = self._splits[split]
        if not 0 < number <= len(found):
            raise OptionError(
                f"`{input}` is no {self.unit.removesuffix('s')} of {self.path}: its {split} {self.unit} are 1 to "
                f"{len(found):,}."
            )
        return found, number - 1
