"""chrF, as sacrebleu computes it."""

from collections.abc import Sequence
from typing import ClassVar, final

import numpy as np
from jaxtyping import Int

from saccade.errors import OptionError
from saccade.metrics.metric import Metric


@final
class Chrf(Metric):
    r"""F-score of character n-grams, recall counting twice as much as precision.

    $100 \cdot (1 + 2^2) \frac{P R}{2^2 P + R}$, with $P$ and $R$ the mean precision and recall over n = 1 … 6.

    Args:
        lowercase: Whether upper and lower case are the same.
        word_order: Longest word n-gram that counts too: 0 for chrF, 2 for chrF++.

    Example:
        >>> round(Chrf().measure(["The cat is on the mat today."], ["The cat is on the mat."]), 2)
        87.88

    Source:
        Popović 2015; scores and signatures are sacrebleu's own.
    """

    name: ClassVar[str] = "chrf"
    higher_is_better: ClassVar[bool] = True

    def __init__(self, lowercase: bool = False, word_order: int = 0) -> None:
        from sacrebleu.metrics.chrf import CHRF

        if word_order < 0:
            raise OptionError(f"`word_order` of chrf must be 0 (chrF) or more (2: chrF++), but is {word_order}.")
        self._chrf = CHRF(lowercase=lowercase, word_order=word_order)
        self._chrf.num_refs = 1

    def signature(self) -> str:
        return str(self._chrf.get_signature())

    def counts(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        # sacrebleu's own statistics: a second implementation could only differ.
        return np.array(self._chrf._extract_corpus_statistics(outputs, [references]), dtype=np.int64)

    def score(self, total: Int[np.ndarray, " statistic"]) -> float:
        return float(self._chrf._compute_score_from_stats(total.tolist()).score)
