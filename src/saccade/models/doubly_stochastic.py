"""Looks that are spread over all that there is to be seen."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor


def unevenness(weights: Tensor, mask: Bool[Tensor, "batch query"]) -> Float[Tensor, ""]:
    r"""Say how far the items are from being looked at once each, over all steps; summed over the batch.

    $\sum_k (1 - \sum_t \alpha_{tk})^2$

    Args:
        weights: Where each step looked: (batch, query, key), with heads (batch, head, query, key); heads count alike.
        mask: Which steps are real.

    Example:
        >>> looks = torch.tensor([[[0.5, 0.5], [1.0, 0.0]]])
        >>> unevenness(looks, torch.tensor([[True, True]])), unevenness(looks, torch.tensor([[True, False]]))
        (tensor(0.5000), tensor(0.5000))

    Source:
        Xu et al. 2015, arXiv:1502.03044, section 4.2.1, equation 14.
    """
    looks = weights.mean(dim=1) if weights.dim() == 4 else weights
    seen = torch.where(mask[..., None], looks, 0.0).sum(dim=1)
    return (1 - seen).square().sum()
