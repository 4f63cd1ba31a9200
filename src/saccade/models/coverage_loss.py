"""Coverage loss: the price of looking again at what was looked at."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.errors import OptionError


def coverage_loss(
    weights: Float[Tensor, "batch *head query key"], mask: Bool[Tensor, "batch query"]
) -> Float[Tensor, ""]:
    r"""Sum up how much each step looks at what earlier ones have looked at.

    $\sum_t \sum_k \min(\alpha_{tk}, c_{tk}), \quad c_{tk} = \sum_{t' < t} \alpha_{t'k}$

    Args:
        weights: Where each step looked.
        mask: Which steps are real.

    Returns:
        The sum over all real steps; of several heads, the mean.

    Example:
        >>> weights = torch.tensor([[[0.75, 0.25], [0.5, 0.5]]])
        >>> coverage_loss(weights, torch.ones(1, 2, dtype=torch.bool))
        tensor(0.7500)

    Source:
        See, Liu, Manning 2017, arXiv:1704.04368, equation 12.
    """
    covered = weights.cumsum(-2) - weights
    again = torch.minimum(weights, covered).sum(-1)
    return (again.mean(1) if again.dim() == 3 else again)[mask].sum()


def check_coverage_loss(share: float, context: str) -> None:
    """Refuse a share below 0, and one where there are no looks.

    Raises:
        OptionError: It is one of these.
    """
    if not 0 <= share < float("inf"):
        raise OptionError(
            f"`attention.coverage_loss` must be a number of at least 0, but is {share}. 1 is usual, 0 is none."
        )
    if share and context != "attention":
        raise OptionError(
            f"`attention.coverage_loss` is {share}, but with `decoder.context: {context}` there are no looks. Set "
            "`decoder.context: attention`, or leave `coverage_loss` out."
        )
