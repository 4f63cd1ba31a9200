"""Word error rate."""

from collections.abc import Sequence
from typing import ClassVar, final

import numpy as np
from jaxtyping import Int

from saccade.metrics.metric import Metric, prepare, share


@final
class WordErrorRate(Metric):
    """Fewest insertions, deletions and substitutions of words that turn outputs into references, per 100 words.

    Words are what stands between blanks; where a line is a list of phones, these are the phones, and this is the
    phone error rate. More than 100 is possible.

    Args:
        lowercase: Whether upper and lower case are the same.

    Example:
        >>> WordErrorRate().measure(["the cat sat down"], ["the cat sat"])
        33.333333333333336

    Differs:
        The shared tasks on grapheme-to-phoneme conversion mean something else by this name: see `exact`.
    """

    name: ClassVar[str] = "wer"
    higher_is_better: ClassVar[bool] = False

    def __init__(self, lowercase: bool = False) -> None:
        self.lowercase = lowercase

    def signature(self) -> str:
        return f"wer|case:{'lc' if self.lowercase else 'mixed'}|unit:blank-separated word"

    def counts(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        from rapidfuzz.distance import Levenshtein

        pairs = [
            (prepare(output, self.lowercase).split(), prepare(reference, self.lowercase).split())
            for output, reference in zip(outputs, references, strict=True)
        ]
        return np.array([[Levenshtein.distance(a, b), len(b)] for a, b in pairs], np.int64)

    def score(self, total: Int[np.ndarray, " statistic"]) -> float:
        return share(total)
