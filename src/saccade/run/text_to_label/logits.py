"""What a classifier makes of texts: a number for each label."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from jaxtyping import Float

from saccade.data.batches import padded
from saccade.data.pieces import PAD
from saccade.data.text_batches import of_like_length
from saccade.models.text_classifier import TextClassifier

MAX_ROWS: Final = 128
MAX_TOKENS: Final = 8192
"""Tokens in a batch, padding included."""


@torch.no_grad()
def logits_of(network: TextClassifier, rows: Sequence[Sequence[int] | np.ndarray]) -> Float[np.ndarray, "text label"]:
    """Score each label for each text, in their order, texts of like length together.

    Args:
        network: In evaluation mode.
        rows: The token ids of each text, at least one.
    """
    device = next(network.parameters()).device
    found = np.empty((len(rows), network.vocabulary.out_features), dtype=np.float32)
    for places in of_like_length([len(row) for row in rows], MAX_ROWS, MAX_TOKENS):
        ids, mask = padded([rows[place] for place in places], PAD)
        found[places] = network.logits(ids.to(device), mask.to(device)).float().cpu().numpy()
    return found
