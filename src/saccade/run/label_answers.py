"""Labels with their probabilities, best first."""

from typing import NamedTuple

import numpy as np

from saccade.errors import OptionError


class Answer(NamedTuple):
    """What a model takes an image or a text for.

    Attributes:
        name: Of the image, its file or its number; or the text itself.
        best: The likeliest labels with their probabilities, best first; none of an empty text.
    """

    name: str
    best: tuple[tuple[str, float], ...]

    @property
    def label(self) -> str:
        """The likeliest; empty where there is none."""
        return self.best[0][0] if self.best else ""

    @property
    def probability(self) -> float:
        """Of that label; 0 where there is none."""
        return self.best[0][1] if self.best else 0.0


def likeliest(probabilities: np.ndarray, classes: tuple[str, ...], count: int) -> tuple[tuple[str, float], ...]:
    """The labels of the highest probabilities, best first; of equal ones the first.

    Example:
        >>> likeliest(np.array([0.25, 0.5, 0.25]), ("cat", "dog", "eel"), 2)
        (('dog', 0.5), ('cat', 0.25))
    """
    order = np.argsort(-probabilities, kind="stable")[:count]
    return tuple((classes[place], float(probabilities[place])) for place in order)


def check_n_best(n_best: int, classes: tuple[str, ...]) -> None:
    """Refuse a number of labels that is none.

    Raises:
        OptionError: Below 1.
    """
    if n_best < 1:
        raise OptionError(f"`n_best` is {n_best}. Allowed: 1 and above; there are {len(classes)} labels.")
