"""The package's scores, selections and attentions as the oracle's, with the same parameters."""

import itertools
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from saccade.attention import Attention, MultiHead, Score, Selection
from saccade.attention.scores import Additive, Concat, Cosine, Coverage, Dot, General, Location, ScaledDot
from saccade.attention.selections import Entmax, Hard, LocalM, LocalP, Monotonic, Soft, Sparsemax

from . import attention, local, past


def _coverage(score: Coverage) -> attention.Score:
    linear, fertility = score.project_fertility, None
    if linear is not None and score.fertility is not None:
        fertility = score.fertility, linear.weight[0], linear.bias[0]
    query = score.project_query
    return past.coverage(query.weight, query.bias, score.project_key.weight, score.w_coverage, score.v, fertility)


_SCORES: dict[type[Score], Callable] = {
    Additive: lambda score: attention.additive(score.project_query.weight, score.project_key.weight, score.v),
    Concat: lambda score: attention.concat(score.project.weight, score.v),
    Cosine: lambda score: attention.cosine(score.log_scale.exp()),
    Coverage: lambda score: _coverage(score),
    Dot: lambda score: attention.dot(),
    General: lambda score: attention.general(score.project_key.weight),
    Location: lambda score: past.location(
        score.project_query.weight,
        score.project_query.bias,
        score.project_key.weight,
        score.filters.weight[:, 0],
        score.project_features.weight,
        score.v,
    ),
    ScaledDot: lambda score: attention.scaled_dot(),
}
_SELECTIONS: dict[type[Selection], Callable[[Any], attention.Selection]] = {
    Entmax: lambda selection: attention.entmax,
    Hard: lambda selection: attention.hard_straight_through,
    LocalM: lambda selection: local.local_m(selection.window),
    LocalP: lambda selection: local.local_p(selection.project.weight, selection.v, selection.window),
    Monotonic: lambda selection: (local.monotonic if selection.training else local.monotonic_hard)(selection.offset),
    Soft: lambda selection: attention.soft,
    Sparsemax: lambda selection: attention.sparsemax,
}


def score_of(module: Attention) -> attention.Score:
    """Write an attention's score with its own parameters."""
    return _SCORES[type(module.score)](module.score)


def selection_of(module: Attention) -> attention.Selection:
    """Write an attention's selection with its own parameters."""
    return _SELECTIONS[type(module.selection)](module.selection)


def attend(
    module: Attention | MultiHead,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor | None = None,
    call_mask: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Look by the oracle with the parameters of a module; see `attention.attend` and `attention.multi_head`.

    Queries look one after the other, so earlier ones are the past of later ones.
    """
    if isinstance(module, Attention):
        score, selection = score_of(module), selection_of(module)
        return attention.attend(score, selection, queries, keys, values, mask, call_mask)
    outputs, weights = attention.multi_head(
        [score_of(module.attention)] * module.heads,
        selection_of(module.attention),
        with_one(queries),
        with_one(keys),
        with_one(values),
        with_bias(module.project_query),
        with_bias(module.project_key),
        with_bias(module.project_value),
        module.project_context.weight,
        mask,
        call_mask,
    )
    if module.project_context.bias is not None:
        # The paper has no bias and no row without keys; the design says that such a row's context is 0.
        outputs = outputs + module.project_context.bias * sees_something(weights, mask, call_mask)
    return outputs, weights


def sees_something(weights: Tensor, mask: Tensor | None, call_mask: Tensor | None) -> Tensor:
    """Say for each query (batch, query, 1) whether there is any key that it may look at."""
    batch, _, query, key = weights.shape
    seen = torch.ones(batch, query, key, dtype=torch.bool)
    for b, q, k in itertools.product(range(batch), range(query), range(key)):
        seen[b, q, k] = (mask is None or mask[b, k]) and (call_mask is None or call_mask[b, q, k])
    return seen.any(dim=2, keepdim=True)


def with_one(vectors: Tensor) -> Tensor:
    """Append a 1 to each vector. The paper's projections have no bias: here it is a column more, W [x; 1]."""
    return torch.cat([vectors, torch.ones_like(vectors[..., :1])], dim=-1)


def with_bias(linear: nn.Linear) -> Tensor:
    """Append the bias to a matrix as its last column; zeros where there is none."""
    bias = torch.zeros_like(linear.weight[:, 0]) if linear.bias is None else linear.bias
    return torch.cat([linear.weight, bias[:, None]], dim=1)


def looker(module: Attention | MultiHead, memory: Tensor) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Look over the annotations (key, d) of one sentence, again and again.

    The weights are (key,), with heads (head, key). Where a look depends on those before, they are all made again.
    """
    queries: list[Tensor] = []

    def look(query: Tensor) -> tuple[Tensor, Tensor]:
        queries[:] = [*queries, query] if module.has_state else [query]
        context, weights = attend(module, torch.stack(queries)[None], memory[None], memory[None])
        return context[0, -1], weights[0, ..., -1, :]

    return look
