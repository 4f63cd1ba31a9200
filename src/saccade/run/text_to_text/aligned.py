"""Which words of a text that is given belong to which of the source: where models look while they write it."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from jaxtyping import Float

from saccade.data.pairs import Pair
from saccade.data.tokenizers import BEGIN, TokenizerPair
from saccade.maps.word_links import over_words
from saccade.models.ensemble import Ensemble
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run.text_to_text.forced import forced_looks

WINDOW: Final = 1024
"""Pairs that are read ahead, to find some of like length."""


def word_weights(
    network: SequenceToSequence | Ensemble, tokenizers: TokenizerPair, pairs: Iterable[Pair]
) -> Iterator[Float[np.ndarray, "target_word source_word"]]:
    """Write the given targets, and see where was looked for each word.

    Args:
        network: One that looks, or several together.
        tokenizers: Of both sides.
        pairs: Any iterable; `WINDOW` of them are read ahead.

    Returns:
        A map for each pair, in their order; words are what stands between blanks.
    """
    numbered = iter(pairs)
    while window := list(itertools.islice(numbered, WINDOW)):
        sources, targets = zip(*window, strict=True)
        read = tokenizers.source.encode_batch(sources)
        written = tokenizers.target.encode_batch(targets)
        ids = [(source.ids, [BEGIN, *target.ids]) for source, target in zip(read, written, strict=True)]
        looks = forced_looks(network, ids)
        for pair, weights, source, target in zip(window, looks, read, written, strict=True):
            yield over_words(weights, pair[0], source.spans, pair[1], target.spans)
