"""What every trained model does that gives labels."""

from abc import abstractmethod
from typing import Any

from saccade.run.label_evaluation import Judged
from saccade.run.model import Model


class LabelModel(Model):
    """A trained model that gives an image or a text a label.

    Args:
        path: Its run folder.
    """

    @abstractmethod
    def judged(self, data: Any, /) -> Judged:
        """Label a split of the recipe's data, or data of one's own."""

    @abstractmethod
    def labelled(self, data: Any, /) -> Any:
        """Examples with labels as this model reads them: of a split of the recipe's data, of a path, or given ones."""

    def split(self, name: str, /) -> Any:
        """A split of the recipe's data, with labels."""
        return self.labelled(name)
