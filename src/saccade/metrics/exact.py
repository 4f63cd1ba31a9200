"""Share of outputs that equal their reference."""

from collections.abc import Sequence
from typing import ClassVar, final

import numpy as np
from jaxtyping import Int

from saccade.metrics.metric import Metric, prepare, share


@final
class Exact(Metric):
    """Per cent of outputs that equal their reference, blanks around them aside.

    Args:
        lowercase: Whether upper and lower case are the same.

    Example:
        >>> Exact().measure(["1987-03-07", "1987-03-08"], ["1987-03-07", "1987-03-07"])
        50.0

    Differs:
        The shared tasks on grapheme-to-phoneme conversion call 100 minus this figure the "word error rate", a line
        being one word there. It is not `wer`, which counts edits of blank-separated words (there: of phones).
    """

    name: ClassVar[str] = "exact"
    higher_is_better: ClassVar[bool] = True

    def __init__(self, lowercase: bool = False) -> None:
        self.lowercase = lowercase

    def signature(self) -> str:
        return f"exact|case:{'lc' if self.lowercase else 'mixed'}"

    def counts(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        pairs = zip(outputs, references, strict=True)
        return np.array([[prepare(a, self.lowercase) == prepare(b, self.lowercase), 1] for a, b in pairs], np.int64)

    def score(self, total: Int[np.ndarray, " statistic"]) -> float:
        return share(total)
