"""How well hidden tokens were guessed: figures that add up over texts."""

import math
from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple, final

import numpy as np
from jaxtyping import Float, Int, Real

from saccade.errors import DataError


class Guesses(NamedTuple):
    """What a model made of the hidden tokens of each text.

    Attributes:
        log_prob: Summed log-probability of the tokens, in nats.
        right: For how many tokens the likeliest guess was right.
        tokens: How many there were.
    """

    log_prob: Float[np.ndarray, " text"]
    right: Int[np.ndarray, " text"]
    tokens: Int[np.ndarray, " text"]


class GuessMetric(ABC):
    """A figure of quality of guesses that is computed from sums over texts.

    The statistics are computed once; the score of any subset of the texts, or of a resample of them, then costs a sum.

    Example:
        >>> guesses = Guesses(np.log([0.5, 0.25]), np.array([1, 0]), np.array([1, 1]))
        >>> [round(GUESS_METRICS[name]().measure(guesses), 4) for name in ("accuracy", "nll", "perplexity")]
        [50.0, 1.0397, 2.8284]
    """

    name: ClassVar[str]
    higher_is_better: ClassVar[bool]

    @abstractmethod
    def signature(self) -> str:
        """All that must be known to compute the same figure again, in one line."""

    @abstractmethod
    def counts(self, guesses: Guesses) -> Real[np.ndarray, " text"]:
        """What adds up, of each text, beside the number of tokens."""

    @abstractmethod
    def score(self, total: Real[np.ndarray, "2"]) -> float:
        """The score of texts whose statistics sum to `total`."""

    def statistics(self, guesses: Guesses) -> Real[np.ndarray, "text 2"]:
        """One row of additive statistics a text.

        Raises:
            DataError: No token was hidden.
        """
        if not guesses.tokens.sum():
            raise DataError(
                f"`{self.name}` needs at least one token to be guessed, but the {len(guesses.tokens):,} texts have "
                "none that the tokenizer knows. Give texts like those of the training."
            )
        return np.stack([self.counts(guesses), guesses.tokens], axis=1)

    def measure(self, guesses: Guesses) -> float:
        """The score of all texts together."""
        return self.score(self.statistics(guesses).sum(axis=0))


@final
class Accuracy(GuessMetric):
    """Per cent of the hidden tokens whose likeliest guess is right."""

    name: ClassVar[str] = "accuracy"
    higher_is_better: ClassVar[bool] = True

    def signature(self) -> str:
        return "accuracy|of:hidden tokens"

    def counts(self, guesses: Guesses) -> Real[np.ndarray, " text"]:
        return guesses.right

    def score(self, total: Real[np.ndarray, "2"]) -> float:
        return 100.0 * float(total[0]) / max(float(total[1]), 1.0)


@final
class TokenLogLikelihood(GuessMetric):
    r"""Mean surprise at a hidden token, in nats: $-\frac1n \sum_t \log p(x_t \mid \tilde x)$."""

    name: ClassVar[str] = "nll"
    higher_is_better: ClassVar[bool] = False

    def signature(self) -> str:
        return "nll|of:hidden tokens|unit:nat"

    def counts(self, guesses: Guesses) -> Real[np.ndarray, " text"]:
        return -guesses.log_prob

    def score(self, total: Real[np.ndarray, "2"]) -> float:
        return float(total[0]) / max(float(total[1]), 1.0)


@final
class Perplexity(GuessMetric):
    """The exponential of the mean surprise: among how many equally likely tokens a guess as uncertain would choose.

    Tokens are compared: figures of models with other tokenizers are about other things.
    """

    name: ClassVar[str] = "perplexity"
    higher_is_better: ClassVar[bool] = False

    def signature(self) -> str:
        return "perplexity|of:hidden tokens"

    def counts(self, guesses: Guesses) -> Real[np.ndarray, " text"]:
        return -guesses.log_prob

    def score(self, total: Real[np.ndarray, "2"]) -> float:
        # Above it a float is infinite, and so would be the ends of its interval.
        return math.exp(min(float(total[0]) / max(float(total[1]), 1.0), 700.0))


GUESS_METRICS: dict[str, type[GuessMetric]] = {
    "accuracy": Accuracy,
    "nll": TokenLogLikelihood,
    "perplexity": Perplexity,
}
