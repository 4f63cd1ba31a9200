"""BLEU, as sacrebleu computes it."""

from collections.abc import Sequence
from typing import ClassVar, final

import numpy as np
from jaxtyping import Int

from saccade.errors import OptionError, did_you_mean
from saccade.metrics.metric import Metric


@final
class Bleu(Metric):
    r"""Share of an output's n-grams that the reference has too, with a penalty for being short.

    $100 \cdot \min(1, e^{1 - r / c}) \cdot (p_1 p_2 p_3 p_4)^{1/4}$, with $c$ the outputs' and $r$ the references'
    length, and $p_n$ the share of the outputs' n-grams that are in their references.

    Args:
        lowercase: Whether upper and lower case are the same.
        tokenize: sacrebleu's tokenizer: `13a` for most languages, `zh` for Chinese, `char`, `none` for text that
            is tokenized already.

    Example:
        >>> round(Bleu().measure(["The cat is on the mat today."], ["The cat is on the mat."]), 2)
        70.71

    Source:
        Papineni et al. 2002; Post 2018, arXiv:1804.08771. Scores and signatures are sacrebleu's own.
    """

    name: ClassVar[str] = "bleu"
    higher_is_better: ClassVar[bool] = True

    def __init__(self, lowercase: bool = False, tokenize: str = "13a") -> None:
        from sacrebleu.metrics.bleu import BLEU

        if tokenize not in BLEU.TOKENIZERS:
            raise OptionError(
                f"`tokenize` of bleu is no tokenizer of sacrebleu: `{tokenize}`. "
                f"{did_you_mean(tokenize, BLEU.TOKENIZERS)}"
            )
        # `force` only silences a warning about outputs that look tokenized.
        self._bleu = BLEU(lowercase=lowercase, tokenize=tokenize, force=True)
        self._bleu.num_refs = 1

    def signature(self) -> str:
        return str(self._bleu.get_signature())

    def counts(self, outputs: Sequence[str], references: Sequence[str]) -> Int[np.ndarray, "sentence statistic"]:
        # sacrebleu's own statistics: a second implementation could only differ.
        return np.array(self._bleu._extract_corpus_statistics(outputs, [references]), dtype=np.int64)

    def score(self, total: Int[np.ndarray, " statistic"]) -> float:
        return float(self._bleu._compute_score_from_stats(total.tolist()).score)
