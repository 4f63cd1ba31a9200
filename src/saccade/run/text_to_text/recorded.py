"""What every layer of a model looks at while given targets are written."""

from collections.abc import Sequence

import torch

from saccade.attention.history import History
from saccade.data.batches import collate
from saccade.data.tokenizers import PAD
from saccade.decoders.causal_attention import CausalAttention
from saccade.maps import AttentionMap, Recording, record
from saccade.models.ensemble import Ensemble
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run.text_to_text.forced import forced_steps


@torch.no_grad()
def forced_maps(
    network: SequenceToSequence | Ensemble, pairs: Sequence[tuple[Sequence[int], Sequence[int]]]
) -> list[tuple[AttentionMap, ...]]:
    """The maps of all layers before each token of the targets, some for each pair, padding cut away.

    Written token by token, as a search writes: so a layer's map is what the search had of it for this hypothesis. An
    output that sums over positions looks otherwise than its decoder, and shows that in `forced_looks`.

    Args:
        network: One that looks, or several together; all pairs are one batch of it.
        pairs: Tokens of source (with the end) and target (with the beginning, and the end where it was written).

    Returns:
        For each pair, by layer, maps of (query, key) or (head, query, key).

    Raises:
        DataError: The network shows no map.
    """
    with record(network) as recording:
        for _ in forced_steps(network, collate(pairs, PAD)):
            pass
    return [tuple(_cut(network, recording, row, *pair)) for row, pair in enumerate(pairs)]


def sides(network: SequenceToSequence | Ensemble, layer: str) -> tuple[bool, bool]:
    """Whether what asks in a layer is the target, and whether what it looks at is: else it is the source."""
    writes = "decoder" in layer.split(".")
    return writes, writes and isinstance(network.get_submodule(layer), (CausalAttention, History))


def _cut(
    network: SequenceToSequence | Ensemble,
    recording: Recording,
    row: int,
    source: Sequence[int],
    target: Sequence[int],
) -> list[AttentionMap]:
    """The maps of one pair."""
    maps = []
    for layer in recording.layers:
        query, key = (len(target) - 1 if written else len(source) for written in sides(network, layer))
        maps += recording.of(row, layers=layer, query=query, key=key, joined=True)
    return maps
