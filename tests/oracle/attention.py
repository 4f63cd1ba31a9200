"""Attention written from the papers: one query and one key at a time.

Nothing here is batched and nothing is padded: a key that may not be looked at is left out of the loop, so that no
trick with infinities can hide a mistake. Every function is differentiable, so that gradients can be compared too.
Everything is float64. A *vector* is a 1-d tensor, a *number* a 0-d tensor, a *score* a function of a query and a key.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

Past = Sequence[Tensor]
"""The weights (key,) of all looks before this one: all that can be remembered."""

Score = Callable[[Tensor, Tensor, int, Past], Tensor]
"""From a query, a key, the key's place and the past; most don't ask for the latter two."""

Selection = Callable[[Sequence[Tensor], Tensor, Sequence[int], Past], list[Tensor]]
"""From the scores of the keys that may be looked at, the query, those keys' places and the past."""


def inner(left: Tensor, right: Tensor) -> Tensor:
    """Sum the products of two vectors' entries: left_1 right_1 + left_2 right_2 + …"""
    assert left.dim() == 1, left.shape
    assert left.shape == right.shape, (left.shape, right.shape)
    return (left * right).sum()


def product(matrix: Tensor, vector: Tensor) -> Tensor:
    """Multiply a matrix and a vector, row by row."""
    return torch.stack([inner(row, vector) for row in matrix])


# --- scores: how well does this key match this query? -----------------------------------------------------------------


def additive(w_query: Tensor, w_key: Tensor, v: Tensor) -> Score:
    """v·tanh(W_a s + U_a h): Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, appendix A.1.2 (no bias there)."""
    return lambda query, key, *_: inner(v, torch.tanh(product(w_query, query) + product(w_key, key)))


def dot() -> Score:
    """s·h: Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.1."""
    return lambda query, key, *_: inner(query, key)


def scaled_dot() -> Score:
    """s·h / √d: Vaswani et al. 2017, arXiv:1706.03762, equation 1; d is the width of a key."""
    return lambda query, key, *_: inner(query, key) / math.sqrt(len(key))


def general(w: Tensor) -> Score:
    """s·(W h): Luong 2015, section 3.1; W is (d_query, d_key)."""
    return lambda query, key, *_: inner(query, product(w, key))


def concat(w: Tensor, v: Tensor) -> Score:
    """v·tanh(W [s; h]): Luong 2015, section 3.1, the query first."""
    return lambda query, key, *_: inner(v, torch.tanh(product(w, torch.cat([query, key]))))


def cosine(sharpness: float | Tensor = 1.0) -> Score:
    """β s·h / (|s| |h|): Graves, Wayne, Danihelka 2014, arXiv:1410.5401, equations 5 and 6."""
    return lambda query, key, *_: sharpness * inner(query, key) / (inner(query, query).sqrt() * inner(key, key).sqrt())


# --- selections: from the scores of the keys that may be looked at to their weights -----------------------------------


def soft(scores: Sequence[Tensor], *_: object) -> list[Tensor]:
    """exp(e_k) / Σ_j exp(e_j): Bahdanau 2015, equation 6. The maximum is taken off only against overflow."""
    top = max(score.item() for score in scores)
    powers = [torch.exp(score - top) for score in scores]
    total = torch.stack(powers).sum()
    return [power / total for power in powers]


def hard(scores: Sequence[Tensor], *_: object) -> list[Tensor]:
    """1 for the best key, the first of equals, and 0 for the others; no gradient."""
    values = [score.item() for score in scores]
    best = values.index(max(values))
    return [torch.tensor(float(k == best), dtype=torch.float64) for k in range(len(values))]


def hard_straight_through(scores: Sequence[Tensor], *_: object) -> list[Tensor]:
    """Forward as `hard`, backward as `soft`: Bengio, Léonard, Courville 2013, arXiv:1308.3432, section 4."""
    return [one + (weight - weight.detach()) for one, weight in zip(hard(scores), soft(scores), strict=True)]


def sparsemax(scores: Sequence[Tensor], *_: object) -> list[Tensor]:
    """[e_k − τ]_+: Martins, Astudillo 2016, arXiv:1602.02068, algorithm 1, with the largest k for which
    1 + k e_(k) > e_(1) + … + e_(k), and τ = (e_(1) + … + e_(k) − 1) / k."""
    ordered = sorted(scores, key=lambda score: -score.item())
    sums = [torch.stack(ordered[:k]).sum() for k in range(1, len(ordered) + 1)]
    size = max(k for k, total in enumerate(sums, start=1) if (1 + k * ordered[k - 1] > total).item())
    threshold = (sums[size - 1] - 1) / size
    return [torch.clamp(score - threshold, min=0) for score in scores]


def entmax(scores: Sequence[Tensor], *_: object) -> list[Tensor]:
    """[e_k / 2 − τ]_+²: Peters, Niculae, Martins 2019, arXiv:1905.05702, algorithm 2, with the largest ρ for which
    τ(ρ) = M(ρ) − √((1 − S(ρ)) / ρ) is not above the half of the ρ-th score; M is the mean of the ρ best halves, S the
    sum of their squared distances from it."""
    halves = [score / 2 for score in scores]
    ordered = torch.stack(sorted(halves, key=lambda half: -half.item()))
    threshold = None
    for size in range(1, len(ordered) + 1):
        mean = ordered[:size].mean()
        left = (1 - (ordered[:size] - mean).square().sum()) / size
        if left >= 0 and mean - left.sqrt() <= ordered[size - 1]:
            threshold = mean - left.sqrt()
    assert threshold is not None
    return [torch.clamp(half - threshold, min=0).square() for half in halves]


# --- attention --------------------------------------------------------------------------------------------------------


def weigh(
    score: Score, selection: Selection, query: Tensor, keys: Tensor, seen: Sequence[bool], past: Past = ()
) -> list[Tensor]:
    """Give each key its weight; those not seen take no part and weigh 0, and so do all when none is seen."""
    weights = [torch.zeros((), dtype=torch.float64) for _ in seen]
    open_keys = [k for k, allowed in enumerate(seen) if allowed]
    if open_keys:
        scores = [score(query, keys[k], k, past) for k in open_keys]
        for k, weight in zip(open_keys, selection(scores, query, open_keys, past), strict=True):
            weights[k] = weight
    return weights


def look(
    score: Score,
    selection: Selection,
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    seen: Sequence[bool],
    past: Past = (),
) -> tuple[Tensor, Tensor]:
    """Give the context Σ_k α_k value_k of one query (Bahdanau 2015, equation 5) and the weights α."""
    weights = weigh(score, selection, query, keys, seen, past)
    context = torch.zeros(values.shape[1], dtype=torch.float64)
    for k, allowed in enumerate(seen):
        if allowed:
            context = context + weights[k] * values[k]
    return context, torch.stack(weights)


def attend(
    score: Score,
    selection: Selection,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    mask: Tensor | None = None,
    call_mask: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Look once for every query of every row of a batch, one after the other: earlier queries are the past.

    Args:
        queries: (batch, query, d_query).
        keys: (batch, key, d_key).
        values: (batch, key, d_value).
        mask: (batch, key), True = may be looked at.
        call_mask: (batch, query, key), the same for each query; a key must be open in both.

    Returns:
        The contexts (batch, query, d_value) and the weights (batch, query, key).
    """
    contexts, weights = [], []
    for b in range(len(queries)):
        past: list[Tensor] = []
        for q in range(queries.shape[1]):
            seen = [
                (mask is None or bool(mask[b, k])) and (call_mask is None or bool(call_mask[b, q, k]))
                for k in range(keys.shape[1])
            ]
            context, weight = look(score, selection, queries[b, q], keys[b], values[b], seen, past)
            past.append(weight)
            contexts.append(context)
            weights.append(weight)
    shape = queries.shape[:2]
    return torch.stack(contexts).reshape(*shape, -1), torch.stack(weights).reshape(*shape, -1)


def multi_head(
    scores: Sequence[Score],
    selection: Selection,
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    w_query: Tensor,
    w_key: Tensor,
    w_value: Tensor,
    w_out: Tensor,
    mask: Tensor | None = None,
    call_mask: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Project, cut into heads, look with each, lay the heads side by side and project again.

    head_i = Attention(W_i^Q q, W_i^K k, W_i^V v);  MultiHead = W^O [head_1; …; head_h]:
    Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2. Head i has rows i·d to (i+1)·d of each projection.

    Args:
        scores: The score of each head.
        w_query: (head·d_head, d_query), and `w_key`, `w_value` alike.
        w_out: (d_out, head·d_head).

    Returns:
        The outputs (batch, query, d_out) and the weights (batch, head, query, key).
    """
    heads = len(scores)
    contexts, weights = [], []
    for i, score in enumerate(scores):
        mine = [matrix.chunk(heads, dim=0)[i] for matrix in (w_query, w_key, w_value)]
        parts = [project(matrix, x) for matrix, x in zip(mine, (queries, keys, values), strict=True)]
        context, weight = attend(score, selection, *parts, mask=mask, call_mask=call_mask)
        contexts.append(context)
        weights.append(weight)
    return project(w_out, torch.cat(contexts, dim=2)), torch.stack(weights, dim=1)


def project(matrix: Tensor, vectors: Tensor) -> Tensor:
    """Multiply each vector of (batch, item, d) by a matrix."""
    return torch.stack([torch.stack([product(matrix, vector) for vector in row]) for row in vectors])
