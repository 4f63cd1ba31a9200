"""Where a model looks while given targets are written, whatever it would have written itself."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from saccade.data.batches import Batch, Batches, collate
from saccade.data.tokenizers import PAD
from saccade.models.ensemble import Ensemble, JointOutput
from saccade.models.sequence_to_sequence import SequenceToSequence, StepOutput

_MAX_TOKENS: Final = 8192


@torch.no_grad()
def forced_looks(
    network: SequenceToSequence | Ensemble, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]
) -> list[Float[np.ndarray, "target source"]]:
    """The weights before each token of the targets, a map a pair.

    The tokens are given one by one, as a search would: so a map is that of an output that wrote the target, of every
    kind, also where an output looks otherwise than the decoder.

    Args:
        network: One that looks, or several together.
        pairs: Tokens of source (with the end) and target (with the beginning and the end).
    """
    lengths = (np.array([len(side) for side in sides], np.int64) for sides in zip(*pairs, strict=True))
    looks: dict[int, np.ndarray] = {}
    for indices in Batches(*lengths, max_tokens=_MAX_TOKENS, seed=0).epoch(0):
        weights = forced_weights(network, collate([pairs[index] for index in indices], PAD)).float().cpu().numpy()
        for index, one in zip(indices.tolist(), weights, strict=True):
            source, target = pairs[index]
            looks[index] = one[: len(target) - 1, : len(source)]
    return [looks[index] for index in range(len(pairs))]


def forced_weights(network: SequenceToSequence | Ensemble, batch: Batch) -> Float[Tensor, "batch target source"]:
    """The same for one batch, padding included."""
    looks = [output.weights for output in forced_steps(network, batch) if output.weights is not None]
    return torch.stack(looks, 1)


def forced_steps(network: SequenceToSequence | Ensemble, batch: Batch) -> Iterator[StepOutput | JointOutput]:
    """Write the targets of a batch token by token, as a search would; who records is shown every layer of each step."""
    batch = batch.to(next(network.parameters()).device)
    step = network.read(batch.source, batch.source_mask)
    state: Any = step.start()
    for tokens in batch.target[:, :-1].unbind(1):
        output = step(tokens, state)
        state = output.state
        yield output
