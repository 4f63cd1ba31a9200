"""Character error rate."""

from collections.abc import Sequence
from typing import ClassVar, final

import numpy as np
from jaxtyping import Int

from saccade.metrics.metric import Metric, prepare, share


@final
class CharacterErrorRate(Metric):
    """Fewest insertions, deletions and substitutions that turn outputs into references, per 100 reference characters.

    A character is a code point, blanks within the line included. More than 100 is possible.

    Args:
        lowercase: Whether upper and lower case are the same.

    Example:
        >>> CharacterErrorRate().measure(["kitten"], ["mitten"])
        16.666666666666668
    """

    name: ClassVar[str] = "cer"
    higher_is_better: ClassVar[bool] = False

    def __init__(self, lowercase: bool = False) -> None:
        self.lowercase = lowercase

    def signature(self) -> str:
        return f"cer|case:{'lc' if self.lowercase else 'mixed'}|unit:code point"

    def counts(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        from rapidfuzz.distance import Levenshtein

        pairs = [
            (prepare(output, self.lowercase), prepare(reference, self.lowercase))
            for output, reference in zip(outputs, references, strict=True)
        ]
        return np.array([[Levenshtein.distance(a, b), len(b)] for a, b in pairs], np.int64)

    def score(self, total: Int[np.ndarray, " statistic"]) -> float:
        return share(total)
