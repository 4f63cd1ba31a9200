"""Where a classifier of texts looked: at one, and over many, held against the words that decide."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float

from saccade.data.batches import padded
from saccade.data.chunks import chunked
from saccade.data.labelled_texts import LabelledTexts, Spans
from saccade.data.pieces import PAD, UNKNOWN
from saccade.data.text_batches import without_end
from saccade.data.tokenizers import Encoding, Tokenizer
from saccade.errors import DataError
from saccade.maps import AttentionMap, input_figures, record, rolled_out
from saccade.maps.image_map import EXAMPLE, averaged
from saccade.maps.rollout import rolls_out
from saccade.metrics import amounts, density, item_pointing
from saccade.models.text_classifier import TextClassifier
from saccade.run.examples import drawn
from saccade.run.label_evaluation import MapFigures, lively

LOOKED: Final = 1000
"""Texts whose looks are measured, drawn."""
_AT_ONCE: Final = 50
Looks = dict[str, list[Float[np.ndarray, " item"]]]
"""For each layer, the weights of the tokens of each text."""


def shows_maps(network: TextClassifier) -> bool:
    """Whether any part of a network looks: tried on a text of nothing."""
    try:
        looks_of(network, [[UNKNOWN, UNKNOWN]])
    except DataError:
        return False
    return True


@torch.no_grad()
def looks_of(network: TextClassifier, rows: Sequence[Sequence[int]]) -> tuple[Float[np.ndarray, "text label"], Looks]:
    """Label texts, and see how each layer weighs their tokens; heads count alike, and so do the tokens that look.

    Layers of self-attention are rolled out, too, where there are several.

    Args:
        network: In evaluation mode.
        rows: The token ids of each text.

    Returns:
        A number for each label, and the looks.

    Raises:
        DataError: No part of the network looks.
    """
    device = next(network.parameters()).device
    ids, mask = padded(rows, PAD)
    with record(network) as recording:
        logits = network.logits(ids.to(device), mask.to(device))
    layers = [seen for seen in recording.maps if rolls_out(seen)]
    maps = [*recording.maps, *([rolled_out(layers)] if len(layers) > 1 else [])]
    return logits.float().cpu().numpy(), {
        seen.layer: list(_over_tokens(seen, [len(row) for row in rows])) for seen in maps
    }


def figures_of_maps(network: TextClassifier, tokenizer: Tokenizer, texts: LabelledTexts) -> MapFigures:
    """How much of a text each layer looks at, how lively it is, and how well it falls on the words that decide.

    The pointing game is played where the deciding words are known. All are by the layer's name, and empty where the
    network does not look.
    """
    if not shows_maps(network):
        return MapFigures({}, {}, {})
    looks: Looks = {}
    encodings: list[Encoding] = []
    some = texts.some(drawn(len(texts), LOOKED, seed=0))
    for chunk in chunked(some.texts, _AT_ONCE):
        read = [without_end(encoding) for encoding in tokenizer.encode_batch(chunk)]
        encodings += read
        for layer, weights in looks_of(network, [encoding.ids for encoding in read])[1].items():
            looks.setdefault(layer, []).extend(weights)
    densities = {layer: density([amounts(one[None]) for one in weights]) for layer, weights in looks.items()}
    moving = lively({layer: [input_figures(weights)] for layer, weights in looks.items()})
    if some.spans is None:
        return MapFigures(densities, moving, {})
    wanted = [deciding(encoding, spans) for encoding, spans in zip(encodings, some.spans, strict=True)]
    pointed = {layer: item_pointing(weights, wanted) for layer, weights in looks.items()}
    return MapFigures(densities, moving, pointed)


def deciding(encoding: Encoding, spans: Spans) -> Bool[np.ndarray, " item"]:
    """Which tokens share a character with the words that decide.

    Example:
        >>> tokenizer = Tokenizer.train(["so bad it is"], kind="word")
        >>> deciding(without_end(tokenizer.encode("so bad it is")), ((3, 9),)).tolist()
        [False, True, True, False]
    """
    return np.array([any(start < to and end > since for since, to in spans) for start, end in encoding.spans])


def _over_tokens(seen: AttentionMap, lengths: Sequence[int]) -> Iterator[Float[np.ndarray, " item"]]:
    """The weights of each text's own tokens, by the learnt query, or by all its tokens on average."""
    weights = averaged(seen, (EXAMPLE, "query", "key")).weights
    for one, length in zip(weights, lengths, strict=True):
        yield one[: length if len(one) > 1 else 1, :length].mean(axis=0)
