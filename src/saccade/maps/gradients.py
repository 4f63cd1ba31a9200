"""How much of an answer each item made, by the gradient: what maps are held against."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.errors import OptionError

Scored = Callable[[Float[Tensor, "variant item feature"]], Float[Tensor, " variant"]]
"""From vectors of items to the answer's logit or log-probability, a number a row."""


def gradient_times_input(vectors: Float[Tensor, "item feature"], score: Scored) -> Float[Tensor, " item"]:
    r"""The share of each item in the answer, to first order: $\sum_f x_{if}\, \partial s / \partial x_{if}$.

    Example:
        >>> weights = torch.tensor([[1.0, 2.0], [0.0, -1.0]])
        >>> gradient_times_input(torch.ones(2, 2), lambda vectors: (vectors * weights).sum((1, 2))).tolist()
        [3.0, -1.0]

    Source:
        Shrikumar et al. 2016, arXiv:1605.01713, section 3.
    """
    return (vectors * _gradients(vectors[None], score)[0]).sum(-1)


def integrated_gradients(
    vectors: Float[Tensor, "item feature"],
    score: Scored,
    baseline: Float[Tensor, "item feature"] | None = None,
    *,
    steps: int = 32,
) -> Float[Tensor, " item"]:
    r"""The gradient along the way from a baseline, times the way: $\sum_f (x - x')_{if} \int_0^1
    \frac{\partial s}{\partial x_{if}}(x' + \alpha (x - x'))\, d\alpha$; all items sum to $s(x) - s(x')$.

    Args:
        vectors: Of the items.
        score: Of the answer.
        baseline: Where the way begins; None: zeros.
        steps: Midpoints of even pieces of the way at which the gradient is taken.

    Raises:
        OptionError: No step.

    Example:
        >>> found = integrated_gradients(torch.tensor([[2.0], [1.0]]), lambda vectors: vectors[:, 0, 0] ** 2)
        >>> found.tolist()
        [4.0, 0.0]

    Source:
        Sundararajan, Taly, Yan 2017, arXiv:1703.01365, section 3; the sum over midpoints in place of the integral.
    """
    if steps < 1:
        raise OptionError(f"`steps` must be at least 1, but is {steps}. 32 is usual.")
    start = torch.zeros_like(vectors) if baseline is None else baseline
    way = vectors - start
    at = (torch.arange(steps, dtype=vectors.dtype, device=vectors.device) + 0.5) / steps
    return (way * _gradients(start + at[:, None, None] * way, score).mean(0)).sum(-1)


def _gradients(vectors: Float[Tensor, "variant item feature"], score: Scored) -> Tensor:
    leaves = vectors.detach().requires_grad_()
    with torch.enable_grad():
        [found] = torch.autograd.grad(score(leaves).sum(), leaves)
    return found
