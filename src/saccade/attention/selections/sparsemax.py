"""Sparsemax: look at the best few keys, by shares; at the others not at all."""

from typing import Any, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from saccade.attention.memory import State
from saccade.attention.selection import Selection


@final
class Sparsemax(Selection):
    r"""Weigh each key by how far its score is above a threshold, which is such that the weights sum to 1.

    $\alpha_q = \arg\min_{p \in \Delta} \lVert p - e_q \rVert^2, \quad
    \alpha_{qk} = \max(e_{qk} - \tau_q, 0), \quad \sum_k \alpha_{qk} = 1$

    A key whose score is 1 or more below the best has weight exactly 0, and gets no gradient.

    Example:
        >>> scores, query = torch.tensor([[[0.5, 1.0, 0.0, 9.0]]]), torch.zeros(1, 1, 2)
        >>> weights, _ = Sparsemax()(scores, torch.tensor([[[True, True, True, False]]]), query, None)
        >>> weights
        tensor([[[0.2500, 0.7500, 0.0000, 0.0000]]])

    Source:
        Martins, Astudillo 2016, arXiv:1602.02068, algorithm 1; the gradient is equation 14.

    Differs:
        In float32 also where the scores are of half precision. A row that may look at nothing has weights 0.
    """

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Weigh the best of the keys that the mask allows; keeps no state."""
        weights = _Projection.apply(below_best(scores, mask, reach=1.0))
        return weights if mask is None else torch.where(mask, weights, 0.0), None


def below_best(
    scores: Float[Tensor, "batch query key"], mask: Bool[Tensor, "batch #query key"] | None, reach: float
) -> Float[Tensor, "batch query key"]:
    """How far each score is below the best that the mask allows, in float32 or better: from -reach to 0.

    What is `reach` or more below the best has weight 0 anyway. Cut off there, no sum can overflow.
    """
    scores = scores.to(torch.promote_types(scores.dtype, torch.float32))
    if mask is not None:
        scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
    # All scores shifted alike have the same weights, so no gradient passes through the best one's shift.
    return (scores - scores.detach().amax(-1, keepdim=True)).clamp(min=-reach)


@final
class _Projection(torch.autograd.Function):
    """The nearest point on the simplex; with S the keys that weigh anything, the gradient is g less its mean in S."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor) -> Tensor:
        ordered = scores.sort(-1, descending=True).values
        sizes, sums = torch.arange(1, scores.shape[-1] + 1, device=scores.device), ordered.cumsum(-1)
        size = (1 + sizes * ordered > sums).sum(-1, keepdim=True)
        weights = (scores - (sums.gather(-1, size - 1) - 1) / size).clamp(min=0)
        ctx.save_for_backward(weights)
        return weights

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        (weights,) = ctx.saved_tensors
        inside = weights > 0
        mean = torch.where(inside, grad, 0.0).sum(-1, keepdim=True) / inside.sum(-1, keepdim=True)
        return torch.where(inside, grad - mean, 0.0)
