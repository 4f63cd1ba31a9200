"""What a decoder says about the next token."""

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.attention import State
from saccade.decoders.decoder import Decoded


class TargetLogProbs(NamedTuple):
    """What an output gives to the tokens that should have been written, one number a real token.

    Attributes:
        chosen: Log-probability of the target token.
        mean: Mean log-probability over the vocabulary, which label smoothing mixes in; None where it was not wanted.
    """

    chosen: Float[Tensor, " token"]
    mean: Float[Tensor, " token"] | None


class Output(ABC):
    """A distribution over the vocabulary at each of (batch, query) steps. Loss and search see nothing else."""

    @abstractmethod
    def log_probs(
        self, target: Int[Tensor, "batch query"], mask: Bool[Tensor, "batch query"], *, smoothed: bool = True
    ) -> TargetLogProbs:
        """Log-probabilities of the target at the steps where `mask` is True, in row-major order.

        With `smoothed`, the means over the vocabulary too, which may cost much.
        """

    @abstractmethod
    def next_log_probs(self) -> Float[Tensor, "batch vocab"]:
        """Log-probabilities of all tokens at the last step."""

    @abstractmethod
    def looked(self) -> Float[Tensor, "batch key"] | None:
        """Where the last step looked; None for a decoder that does not look."""

    def carried(self) -> State:
        """What the layer wants to have back at the next steps, a row each; None where it wants nothing."""
        return None


class OutputLayer(nn.Module, ABC):
    """Make an `Output` of what a decoder did at its steps.

    Args:
        d_readout: Width of a readout.
        dropout: Share of the readout that is dropped in training.
    """

    apart: ClassVar[bool] = False
    """Whether it wants the shares of step and positions apart, not mixed by the weights; see `Decoded`."""

    copies: ClassVar[bool] = False
    """Whether it copies from the source: then tokens from the size of the vocabulary on are positions of the source."""

    def __init__(self, d_readout: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.d_readout, self.dropout = d_readout, dropout

    @abstractmethod
    def forward(
        self, decoded: Decoded, vocabulary: nn.Linear, written: Int[Tensor, "row query"], state: State = None
    ) -> Output:
        """Say what may come next.

        Args:
            decoded: What the decoder did.
            vocabulary: Turns a readout into a logit for each token.
            written: The tokens that it took in, one before each step.
            state: What the output of the steps before wanted to have back; None at the first.
        """
