"""Share of correct items of lines that hold several."""

from collections.abc import Sequence
from typing import ClassVar, final

import numpy as np
from jaxtyping import Int

from saccade.errors import OptionError
from saccade.metrics.metric import Metric, prepare, share


@final
class Items(Metric):
    """Per cent of the references' items that stand, correct, at the same place of the output.

    Item i is compared with item i. A missing one is wrong; one too many changes nothing here (`exact` sees it).

    Args:
        separator: What stands between two items; blanks around an item don't count.
        lowercase: Whether upper and lower case are the same.

    Example:
        >>> Items(separator=";").measure(["1987-03-07; 2001-09-09"], ["1987-03-07; 2001-09-08; 2020-02-29"])
        33.333333333333336
    """

    name: ClassVar[str] = "items"
    higher_is_better: ClassVar[bool] = True

    def __init__(self, separator: str = ";", lowercase: bool = False) -> None:
        if not separator:
            raise OptionError("`separator` of items must be at least one character, but is empty. Take ';' or ' '.")
        self.separator = separator
        self.lowercase = lowercase

    def signature(self) -> str:
        return f"items|case:{'lc' if self.lowercase else 'mixed'}|separator:{self.separator!r}"

    def counts(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        pairs = zip(outputs, references, strict=True)
        return np.array([self._right(self._items(a), self._items(b)) for a, b in pairs], np.int64)

    def score(self, total: Int[np.ndarray, " statistic"]) -> float:
        return share(total)

    def _items(self, line: str) -> list[str]:
        return [item.strip() for item in prepare(line, self.lowercase).split(self.separator)]

    @staticmethod
    def _right(output: list[str], reference: list[str]) -> tuple[int, int]:
        return sum(a == b for a, b in zip(output, reference, strict=False)), len(reference)
