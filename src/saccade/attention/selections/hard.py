"""Hard selection: look at one thing."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.attention.memory import State
from saccade.attention.selection import Selection
from saccade.attention.selections.soft import masked_softmax


@final
class Hard(Selection):
    r"""Look at the key with the best score only; learn as if the look had been soft.

    $\alpha_{qk} = [k = \arg\max_j e_{qj}], \quad
    \partial \alpha_{qk} / \partial e_{qj} := \partial\,\text{softmax}(e_q)_k / \partial e_{qj}$

    Of equal scores the first key wins.

    Example:
        >>> scores, query = torch.tensor([[[1.0, 2.0, 9.0]]]), torch.zeros(1, 1, 2)
        >>> weights, _ = Hard()(scores, torch.tensor([[[True, True, False]]]), query, None)
        >>> weights
        tensor([[[0., 1., 0.]]])

    Source:
        Xu et al. 2015, arXiv:1502.03044, section 4.1, for the one-hot look; the straight-through gradient: Bengio,
        Léonard, Courville 2013, arXiv:1308.3432, section 4.

    Differs:
        Xu et al. sample the place and learn by REINFORCE; here the best is taken and the gradient is biased but calm.
    """

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Pick one key among those that the mask allows; keeps no state."""
        soft = masked_softmax(scores, mask)
        # Of the scores, since the softmax rounds small differences away.
        allowed = scores if mask is None else torch.where(mask, scores, -torch.inf)
        picked = torch.zeros_like(soft).scatter(-1, allowed.argmax(-1, keepdim=True), 1.0)
        if mask is not None:
            picked = torch.where(mask, picked, 0.0)
        # The bracket is exactly 0, so the weights stay exactly 0 and 1; its gradient is that of `soft`.
        return picked + (soft - soft.detach()), None
