"""The pointer-generator, written out for one step: See, Liu, Manning 2017, arXiv:1704.04368."""

from collections.abc import Sequence

import torch
from torch import Tensor

from .attention import inner


def probabilities(
    logits: Tensor, weights: Tensor, source: Sequence[int], readout: Tensor, u: Tensor, b: Tensor
) -> Tensor:
    """P(w) = p_gen P_vocab(w) + (1 - p_gen) Σ_{i: w_i = w} a_i, equation 9, for every w of the vocabulary.

    p_gen = σ(u·t + b) of the toolkit's readout t, where equation 8 has the context, the state and the input apart.
    """
    p_gen = torch.sigmoid(inner(u, readout) + b)
    p_vocab = torch.softmax(logits, 0)
    result = []
    for word in range(len(logits)):
        copied = torch.zeros((), dtype=torch.float64)
        for place, read in enumerate(source):
            if read == word:
                copied = copied + weights[place]
        result.append(p_gen * p_vocab[word] + (1 - p_gen) * copied)
    return torch.stack(result)
