"""Entmax: between a softmax, which looks at everything, and sparsemax."""

from typing import Any, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.autograd.function import once_differentiable

from saccade.attention.memory import State
from saccade.attention.selection import Selection
from saccade.attention.selections.sparsemax import below_best


@final
class Entmax(Selection):
    r"""Weigh each key by the square of how far half its score is above a threshold: the 1.5-entmax.

    $\alpha_{qk} = \max(e_{qk} / 2 - \tau_q, 0)^2, \quad \sum_k \alpha_{qk} = 1$

    A key whose score is 2 or more below the best has weight exactly 0, and gets no gradient. The weights come to 0
    smoothly, where those of sparsemax have an edge.

    Example:
        >>> scores, query = torch.tensor([[[1.0, 1.0, -1.0, 9.0]]]), torch.zeros(1, 1, 2)
        >>> weights, _ = Entmax()(scores, torch.tensor([[[True, True, True, False]]]), query, None)
        >>> weights
        tensor([[[0.5000, 0.5000, 0.0000, 0.0000]]])

    Source:
        Peters, Niculae, Martins 2019, arXiv:1905.05702, section 3: algorithm 2 (by sorting) and proposition 2 (the
        gradient).

    Differs:
        α is 1.5, which has an exact algorithm; 1 is `soft` and 2 is `sparsemax`. In float32 also where the scores are
        of half precision. A row that may look at nothing has weights 0.
    """

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Weigh the best of the keys that the mask allows; keeps no state."""
        weights = _Entmax.apply(below_best(scores, mask, reach=2.0))
        return weights if mask is None else torch.where(mask, weights, 0.0), None


@final
class _Entmax(torch.autograd.Function):
    """The weights; with s their square roots, the gradient is s(g - s·g / Σs)."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor) -> Tensor:
        halves = scores / 2
        ordered = halves.sort(-1, descending=True).values
        sizes = torch.arange(1, scores.shape[-1] + 1, device=scores.device)
        # The threshold, if the best 1, 2, … keys are those that weigh anything: it solves a quadratic equation.
        mean = ordered.cumsum(-1) / sizes
        spread = ordered.square().cumsum(-1) - sizes * mean.square()
        thresholds = mean - ((1 - spread) / sizes).clamp(min=0).sqrt()
        size = (thresholds <= ordered).sum(-1, keepdim=True)
        roots = (halves - thresholds.gather(-1, size - 1)).clamp(min=0)
        ctx.save_for_backward(roots)
        return roots.square()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        (roots,) = ctx.saved_tensors
        mean = (roots * grad).sum(-1, keepdim=True) / roots.sum(-1, keepdim=True)
        return roots * (grad - mean)
