"""Soft selection: look at everything a little."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.attention.memory import State
from saccade.attention.selection import Selection


@final
class Soft(Selection):
    r"""Weigh each key by the softmax of its score.

    $\alpha_{qk} = \exp(e_{qk}) / \sum_j \exp(e_{qj})$

    Example:
        >>> scores, query = torch.tensor([[[1.0, 1.0, 9.0]]]), torch.zeros(1, 1, 2)
        >>> weights, _ = Soft()(scores, torch.tensor([[[True, True, False]]]), query, None)
        >>> weights
        tensor([[[0.5000, 0.5000, 0.0000]]])

    Source:
        Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, equation 6.

    Differs:
        Sums in float32 also where the scores are of half precision. A row that may look at nothing has weights 0.
    """

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Weigh the keys that the mask allows; keeps no state."""
        return masked_softmax(scores, mask), None


def masked_softmax(
    scores: Float[Tensor, "batch query key"], mask: Bool[Tensor, "batch #query key"] | None
) -> Float[Tensor, "batch query key"]:
    """Softmax over the keys that the mask allows, in float32 or better; exactly 0 elsewhere, also in an empty row."""
    dtype = torch.promote_types(scores.dtype, torch.float32)
    if mask is None:
        return scores.softmax(-1, dtype=dtype)
    # The lowest finite score, not -inf: an empty row would be NaN for a moment, and anomaly detection would stop there.
    lowest = torch.finfo(dtype).min
    weights = torch.where(mask, scores.to(dtype), lowest).softmax(-1)
    return torch.where(mask, weights, 0.0)
