"""The weights of scaled dot products, which torch's fused kernels don't give."""

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from saccade.recording import Real


def dot_product_weights(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
    **_: Any,
) -> tuple[Tensor, Real]:
    r"""What `torch.nn.functional.scaled_dot_product_attention` weighs its values by, given the same arguments.

    $\alpha_{qk} = \text{softmax}_k (s\, q \cdot k + m_{qk}), \quad s = 1 / \sqrt{d}$ where no `scale` is given

    Returns:
        The weights, in float32 or better: before dropout, since what is dropped is chance and not a look; a query that
        may look at nothing has weights 0, as in torch. And which keys are real: those that any query may look at.

    Example:
        >>> query, key = torch.zeros(1, 1, 2, 3), torch.zeros(1, 1, 2, 3)
        >>> dot_product_weights(query, key, key, is_causal=True)[0].tolist()
        [[[[1.0, 0.0], [0.5, 0.5]]]]

    Source:
        The documentation of `scaled_dot_product_attention`, whose causal mask begins at the upper left.
    """
    precision = torch.promote_types(query.dtype, torch.float32)
    query, key = query.to(precision), key.to(precision)
    if enable_gqa:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    scores = query @ key.mT * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if is_causal:
        attn_mask = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).tril()
    if attn_mask is None:
        return functional.softmax(scores, -1), Real()
    if attn_mask.dtype == torch.bool:
        scores = scores.masked_fill(~attn_mask, -torch.inf)
        allowed = attn_mask
    else:
        scores = scores + attn_mask
        # Many models write the lowest number that there is instead of -inf.
        allowed = attn_mask > torch.finfo(attn_mask.dtype).min / 2
    weights = functional.softmax(scores, -1)
    blind = (scores == -torch.inf).all(-1, keepdim=True)
    return weights.masked_fill(blind, 0.0), Real(keys=None if is_causal else _looked_at(allowed, weights))


def _looked_at(allowed: Tensor, weights: Tensor) -> Tensor | None:
    """(batch, key): which keys any query of any head may look at."""
    if weights.ndim < 3:
        return None
    between = tuple(range(1, weights.ndim - 1))
    return allowed.broadcast_to(weights.shape).any(between) if between else None
