"""How far the looks of a classifier of texts can be trusted."""

from collections.abc import Iterable, Sequence
from typing import Final, final

import numpy as np
from jaxtyping import Float
from torch import Tensor

from saccade.encoders import Encoded
from saccade.maps import Trust
from saccade.models.labelling import log_probabilities
from saccade.models.text_classifier import TextClassifier
from saccade.run.erased_text import ErasedText
from saccade.run.text_to_label.maps import looks_of
from saccade.run.trust import judged

TEXTS: Final = 200
"""Texts whose looks are judged."""


def trust(network: TextClassifier, texts: Iterable[Sequence[int]], *, seed: int = 0) -> Trust | None:
    """Judge how every layer weighs the tokens, by what the network says of the label that it gave.

    Args:
        network: In evaluation mode, one that looks.
        texts: The token ids of each; the first `TEXTS` of two tokens or more count.
        seed: Of the maps that know nothing.

    Returns:
        None where no text has two tokens to choose from.
    """
    looks: dict[str, list[np.ndarray]] = {}
    read: list[LabelledText] = []
    for ids in texts:
        if len(read) == TEXTS:
            break
        if len(ids) > 1:
            logits, seen = looks_of(network, [ids])
            read.append(LabelledText(network, ids, int(logits[0].argmax())))
            for layer, [weights] in seen.items():
                looks.setdefault(layer, []).append(weights)
    return judged(looks, read, seed=seed) if read else None


@final
class LabelledText(ErasedText):
    """A text, and the label that a network gave it.

    Args:
        network: In evaluation mode.
        source: The tokens of the text.
        label: Its number.
    """

    def __init__(self, network: TextClassifier, source: Sequence[int], label: int) -> None:
        super().__init__(network.encoder, [*source])
        self._network, self._label = network, label

    def log_prob(self, encoded: Encoded, source: Tensor) -> Float[Tensor, " variant"]:
        """As the network has it of what it pools."""
        logits = self._network.vocabulary(self._network.pooling(encoded))
        return log_probabilities(logits)[:, self._label]
