"""What a decoder says about the next token."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from jaxtyping import Bool, Float, Int
from torch import Tensor


class TargetLogProbs(NamedTuple):
    """What an output gives to the tokens that should have been written, one number a real token.

    Attributes:
        chosen: Log-probability of the target token.
        mean: Mean log-probability over the vocabulary, which label smoothing mixes in.
    """

    chosen: Float[Tensor, " token"]
    mean: Float[Tensor, " token"]


class Output(ABC):
    """A distribution over the vocabulary at each of (batch, query) steps. Loss and search see nothing else."""

    @abstractmethod
    def log_probs(self, target: Int[Tensor, "batch query"], mask: Bool[Tensor, "batch query"]) -> TargetLogProbs:
        """Log-probabilities of the target at the steps where `mask` is True, in row-major order."""

    @abstractmethod
    def next_log_probs(self) -> Float[Tensor, "batch vocab"]:
        """Log-probabilities of all tokens at the last step."""
