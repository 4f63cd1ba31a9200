"""What a training learns from, and what validates it: the promises between the loop and the rest of the house."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from torch import nn

# The figures of a model, such as loss and BLEU; one of them says which weights are best.
Validate = Callable[[nn.Module], dict[str, float]]


@runtime_checkable
class TrainingBatch(Protocol):
    """A named tuple of tensors; padding is what its boolean masks leave out."""

    def to(self, device: torch.device) -> "TrainingBatch":
        """Give the same batch on a device."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Give the tensors."""
        ...


@runtime_checkable
class BatchSource(Protocol):
    """Batches that can be named without being loaded, the same ones each time.

    Attributes:
        unit: What is counted, and a loss is the mean over: `tokens`, `images` or `texts`.
    """

    unit: str

    def epoch(self, number: int, /) -> Sequence[Any]:
        """List the keys of an epoch's batches for this process: as many on each, the same for the same number."""
        ...

    def load(self, key: Any, /) -> TrainingBatch:
        """Make the batch of a key, on the processor."""
        ...
