"""The promise of an encoder of texts: from tokens to a Memory."""

from abc import ABC, abstractmethod

from jaxtyping import Bool, Int
from torch import Tensor, nn

from saccade.encoders.encoded import Encoded


class TextEncoder(nn.Module, ABC):
    """Read a batch of padded sequences; padding has no influence.

    Attributes:
        embedding: Turns tokens into vectors.
        d_memory: Width of an item of the memory, and of the final state.
    """

    embedding: nn.Embedding
    d_memory: int

    @abstractmethod
    def forward(self, source: Int[Tensor, "batch key"], mask: Bool[Tensor, "batch key"]) -> Encoded:
        """Read; `mask` is True at real tokens."""
