"""The promise of a decoder: from what was read to what is said of each next token."""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.attention import Choice
from saccade.encoders import Encoded


class Positions(NamedTuple):
    """What each position of the source puts into the readout of a step that looks at it alone, before the tanh.

    Attributes:
        features: Its share of the readout.
        mask: True = may be looked at; None = all may.
    """

    features: Float[Tensor, "sentence key d_readout"]
    mask: Bool[Tensor, "sentence key"] | None


class Decoded(NamedTuple):
    """What happened at the steps of a run.

    Attributes:
        features: The readout of each step; with `positions`, the step's own share of it, before the tanh.
        weights: Where each step looked: (row, query, key), with heads (row, head, query, key).
        positions: The other share, for each position of the source that a step may look at alone.
        choice: Where looks were drawn in training, to be rewarded: how likely each was.
        source: The tokens that were read, for an output that copies them; the model puts them in.
    """

    features: Float[Tensor, "row query d_readout"]
    weights: Tensor | None
    positions: Positions | None = None
    choice: Choice | None = None
    source: Int[Tensor, "sentence key"] | None = None


class Decoder(nn.Module, ABC):
    """Write tokens one by one.

    What it remembers of the sources and what it hands from step to step are trees: named tuples, tuples and None, of
    tensors with a row a sentence, or a row a hypothesis. Who calls a decoder need not look into them.

    Attributes:
        embedding: Turns tokens into vectors.
    """

    embedding: nn.Embedding

    @property
    @abstractmethod
    def looks(self) -> bool:
        """Whether it looks at the memory, so that there are weights to be seen."""

    @abstractmethod
    def remember(self, encoded: Encoded) -> Any:
        """Do once what does not depend on the step: a tree, whose `start` is the state before the first step."""

    @abstractmethod
    def forward(self, written: Int[Tensor, "row query"], state: Any, remembered: Any) -> tuple[Decoded, Any]:
        """Go on from `state` over the tokens `written`: all of a target in training, the last one in a search.

        A sentence may have several rows, one after the other: the hypotheses of a beam.
        """
