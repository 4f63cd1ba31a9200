"""What every classifier ends in: a number for each label, and the loss of them."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.models.loss import Loss


def label_layer(width: int, labels: int) -> nn.Linear:
    """The layer that scores each label."""
    layer = nn.Linear(width, labels)
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def log_probabilities(scores: Float[Tensor, "batch label"]) -> Float[Tensor, "batch label"]:
    """In float32 or better, also where the scores are of half precision."""
    return scores.log_softmax(dim=-1, dtype=torch.promote_types(scores.dtype, torch.float32))


def labelling_loss(
    log_prob: Float[Tensor, " batch"], log_probs: Float[Tensor, "batch label"], smoothing: float
) -> Loss:
    r"""The loss of labelling; with smoothing ε the target distribution is $(1 - ε) δ_y + ε / |V|$.

    Args:
        log_prob: Of each example's right label.
        log_probs: Of every label.
        smoothing: ε.

    Source:
        Szegedy et al. 2016, arXiv:1512.00567, section 7.
    """
    right = log_prob.sum()
    total = -right
    if smoothing:
        total = -((1 - smoothing) * right + smoothing * log_probs.mean(dim=-1).sum())
    return Loss(total, right.detach(), torch.full((), len(log_prob), device=right.device))
