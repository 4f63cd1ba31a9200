"""What every metric is: statistics of each sentence that add up, and a score made from their sum."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from jaxtyping import Int

from saccade.errors import DataError


class Metric(ABC):
    """A figure of quality that is computed from sums over sentences.

    The statistics are computed once; the score of any subset of the sentences, or of a resample of them, then
    costs a sum. Scores are in the field's usual units: 0 to 100.

    Example:
        >>> from saccade.metrics import Exact
        >>> metric = Exact()
        >>> metric.measure(["one", "two"], ["one", "too"])
        50.0
    """

    name: ClassVar[str]
    higher_is_better: ClassVar[bool]

    @abstractmethod
    def signature(self) -> str:
        """All that must be known to compute the same figure again, in one line."""

    @abstractmethod
    def counts(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        """Statistics of each pair; `outputs` and `references` are known to fit."""

    @abstractmethod
    def score(self, total: Int[np.ndarray, " statistic"]) -> float:
        """The score of sentences whose statistics sum to `total`."""

    def statistics(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        """Compare each output with its reference.

        Args:
            outputs: What the model wrote, one a sentence.
            references: What it should have written, in the same order.

        Returns:
            One row of additive counts a sentence.

        Raises:
            DataError: The two differ in number, or there are none.
        """
        if len(outputs) != len(references):
            raise DataError(
                f"Each output needs a reference, but there are {len(outputs):,} outputs and "
                f"{len(references):,} references. Give as many of one as of the other."
            )
        if not outputs:
            raise DataError(f"`{self.name}` needs at least one sentence, but got none. Is the file empty?")
        return self.counts(outputs, references)

    def measure(self, outputs: Sequence[str], references: Sequence[str]) -> float:
        """The score of all outputs together."""
        return self.score(self.statistics(outputs, references).sum(axis=0))


def share(total: Int[np.ndarray, "2"]) -> float:
    """The first count in per cent of the second; where there is nothing to share out, each one counts as a whole."""
    return 100.0 * float(total[0]) / max(float(total[1]), 1.0)


def prepare(text: str, lowercase: bool) -> str:
    """`text` as the metrics of strings read it: without blanks around it, in lower case if so wished."""
    stripped = text.strip()
    return stripped.lower() if lowercase else stripped
