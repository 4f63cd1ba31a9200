"""What a search hands back, and how hypotheses of different lengths are compared."""

from dataclasses import dataclass
from typing import final

from jaxtyping import Float, Shaped
from torch import Tensor


@final
@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to write a sentence.

    Args:
        tokens: What was written: without `begin`, with `end` where it was reached.
        log_prob: The model's own log-probability of these tokens.
        score: `length_normalised(log_prob, len(tokens))`, by which hypotheses are ranked.
        weights: Where the model looked before each token, on the CPU; None where the step gives none, or where no
            token was allowed. Keys are as wide as the batch's longest source: the step's padding weighs 0.
        finished: Whether `end` was written; otherwise the hypothesis stopped at the maximum length.
    """

    tokens: list[int]
    log_prob: float
    score: float
    weights: Float[Tensor, "target key"] | None
    finished: bool


def length_normalised(
    log_prob: Float[Tensor, "sentence beam"], length: int | Shaped[Tensor, "sentence #beam"], penalty: float
) -> Float[Tensor, "sentence beam"]:
    r"""Make log-probabilities of different lengths comparable.

    $s(y) = \log p(y \mid x) / |y|^\alpha$

    Args:
        log_prob: Log-probabilities of hypotheses.
        length: Their number of tokens, at least 1, `end` counted.
        penalty: $\alpha \ge 0$: 0 ranks by log-probability alone, 1 by the mean per token.

    Returns:
        The scores.

    Source:
        Wu et al. 2016, arXiv:1609.08144, section 7, its first form.

    Differs:
        The same section goes on to $(5 + |y|)^\alpha / (5 + 1)^\alpha$, which is gentler on short outputs; here the
        plain power is used, whose two ends (sum and mean) have a meaning.
    """
    return log_prob / length**penalty
