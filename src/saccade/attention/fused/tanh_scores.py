r"""The network of additive and concat scores, $e_{qk} = v^\top \tanh(q + k)$, in less time and memory.

The tensor (batch, query, key, d_score) inside is the largest of the whole model. It is never whole and never kept:
the forward makes it a few queries at a time, the backward makes it again. And it is made by the sigmoid, since
tanh(x) = 2 σ(2x) - 1 and the sigmoid of PyTorch is several times as fast on a CPU: making it twice costs less than one
tanh. All of it is float32 or better, which is faster there than bfloat16, as well as exact.
"""

from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

ITEMS_AT_ONCE = 2**20
"""How many numbers of the inner tensor the forward makes at once: as many as stay in a cache."""


def make_v(d_score: int) -> nn.Parameter:
    """A weight for tanh_scores that starts as that of a linear layer would."""
    bound = d_score**-0.5
    return nn.Parameter(torch.empty(d_score).uniform_(-bound, bound))


def prepare_keys(keys: Float[Tensor, "batch key d_score"]) -> Float[Tensor, "batch key d_score"]:
    """Do once for a sequence what the sigmoid wants: 2x, in float32 or better."""
    return 2 * _exact(keys)


def tanh_scores(
    query: Float[Tensor, "batch query d_score"],
    keys: Float[Tensor, "batch key d_score"],
    v: Float[Tensor, "d_score"],
) -> Float[Tensor, "batch query key"]:
    """Score projected keys, as `prepare_keys` gave them, by projected queries."""
    with torch.autocast(query.device.type, enabled=False):
        return _TanhScores.apply(2 * _exact(query), keys, _exact(v))


def tanh_scores_with(
    query: Float[Tensor, "batch query d_score"],
    keys: Float[Tensor, "batch key d_score"],
    further: Float[Tensor, "batch query key d_score"],
    v: Float[Tensor, "d_score"],
) -> Float[Tensor, "batch query key"]:
    r"""The same with something more for each pair, $v^\top \tanh(q + k + f_{qk})$: each query has keys of its own."""
    keys_of_queries = torch.add(keys.unsqueeze(1), _exact(further), alpha=2)
    scores = tanh_scores(query.flatten(0, 1).unsqueeze(1), keys_of_queries.flatten(0, 1), v)
    return scores.view(further.shape[:3])


def _exact(tensor: Tensor) -> Tensor:
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


@final
class _TanhScores(torch.autograd.Function):
    """Takes 2q and 2k; with s = σ(2q + 2k), tanh is 2s - 1, and the derivative of v · tanh by 2q is 2v · s(1 - s)."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
        ctx.save_for_backward(query, keys, v)
        queries_at_once = max(1, ITEMS_AT_ONCE // max(1, keys.numel()))
        parts = [_sigmoid(part, keys) @ v for part in query.split(queries_at_once, 1)]
        scores = parts[0] if len(parts) == 1 else torch.cat(parts, 1)
        return scores.mul_(2).sub_(v.sum())

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # pyright: ignore[reportIncompatibleMethodOverride]
        query, keys, v = ctx.saved_tensors
        grad_query, grad_keys, grad_v = torch.empty_like(query), None, torch.zeros_like(v)
        for index in range(query.shape[1]):
            grad_bk = grad[:, index]
            s_bkd = _sigmoid(query[:, index : index + 1], keys).squeeze(1)
            grad_v.addmv_(s_bkd.flatten(0, 1).t(), grad_bk.reshape(-1))
            per_key = s_bkd.addcmul_(s_bkd, s_bkd, value=-1).mul_(grad_bk.unsqueeze(-1))
            grad_query[:, index] = per_key.sum(1)
            grad_keys = per_key if grad_keys is None else grad_keys.add_(per_key)
        grad_keys = torch.zeros_like(keys) if grad_keys is None else grad_keys
        return grad_query.mul_(2 * v), grad_keys.mul_(2 * v), grad_v.mul_(2).sub_(grad.sum())


def _sigmoid(query: Tensor, keys: Tensor) -> Tensor:
    return torch.add(query.unsqueeze(2), keys.unsqueeze(1)).sigmoid_()
