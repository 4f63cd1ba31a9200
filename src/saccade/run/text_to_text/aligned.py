"""Where models look while they write a text that is given: which of its words belong to which of the source."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import torch
from jaxtyping import Float

from saccade.data.batches import collate
from saccade.data.pairs import Pair
from saccade.data.tokenizers import BEGIN, PAD, Encoding, TokenizerPair
from saccade.maps.word_links import over_words
from saccade.models.sequence_to_sequence import SequenceToSequence

WINDOW: Final = 1024
"""Pairs that are read ahead, to find some of like length."""
AT_ONCE: Final = 64
MAX_TOKENS: Final = 8192
"""Source tokens in a batch, padding included."""


def word_weights(
    networks: Sequence[SequenceToSequence], tokenizers: TokenizerPair, pairs: Iterable[Pair]
) -> Iterator[Float[np.ndarray, "target_word source_word"]]:
    """Write the given targets, and see where was looked for each word: the mean of several networks and of heads.

    Args:
        networks: With attention.
        tokenizers: Of both sides.
        pairs: Any iterable; `WINDOW` of them are read ahead.

    Returns:
        A map for each pair, in their order; words are what stands between blanks.
    """
    numbered = iter(pairs)
    while window := list(itertools.islice(numbered, WINDOW)):
        sources, targets = zip(*window, strict=True)
        read = list(zip(tokenizers.source.encode_batch(sources), tokenizers.target.encode_batch(targets), strict=True))
        seen: dict[int, np.ndarray] = {}
        for places in _batches(read):
            looks = np.mean([forced(network, [read[place] for place in places]) for network in networks], axis=0)
            seen |= dict(zip(places, looks, strict=True))
        for place, (pair, (source, target)) in enumerate(zip(window, read, strict=True)):
            weights = seen[place][: len(target.ids), : len(source.ids)]
            yield over_words(weights, pair[0], source.spans, pair[1], target.spans)


@torch.no_grad()
def forced(
    network: SequenceToSequence, encodings: Sequence[tuple[Encoding, Encoding]]
) -> Float[np.ndarray, "pair target source"]:
    """Where a network looks before each token of given targets, as a search would show it; heads count alike."""
    device = next(network.parameters()).device
    rows = collate([(source.ids, [BEGIN, *target.ids]) for source, target in encodings], PAD).to(device)
    written = rows.target[:, :-1]
    if network.output.apart:  # the output says where, of all that it sums over, and goes step by step
        step, looks = network.read(rows.source, rows.source_mask), []
        state = step.start()
        for tokens in written.unbind(1):
            said = step(tokens, state)
            state = said.state
            looks.append(said.weights)
        return torch.stack(looks, 1).float().cpu().numpy()
    remembered = network.remember(rows.source, rows.source_mask)
    decoded, _ = network.decoder(written, remembered.start, remembered)
    assert decoded.weights is not None
    weights = decoded.weights.mean(dim=1) if decoded.weights.dim() == 4 else decoded.weights
    return weights.float().cpu().numpy()


def _batches(read: Sequence[tuple[Encoding, Encoding]]) -> Iterator[list[int]]:
    """Places of pairs of like length, long ones in small batches."""
    batch: list[int] = []
    for place in sorted(range(len(read)), key=lambda place: len(read[place][0].ids)):
        tokens = len(read[place][0].ids)
        if batch and (len(batch) == AT_ONCE or (len(batch) + 1) * tokens > MAX_TOKENS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
