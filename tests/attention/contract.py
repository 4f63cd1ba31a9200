"""The contract table of attention: each score with each selection, alone and as one head of several."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from saccade.attention import SCORES, SELECTIONS, Attended, Attention, Memory, MultiHead, Prepared
from saccade.attention.selections import make_selection

# A different prime for each dimension, so that no transposed axis can pass.
BATCH, QUERY, KEY, HEADS, D_VALUE, D_QUERY, D_KEY, D_HEAD = 2, 3, 7, 5, 17, 11, 13, 19

SAME_WIDTH = {"cosine", "dot", "scaled_dot"}
"""Scores that multiply query and key item by item, so that both have one width."""

BLIND_TO_KEY_BIAS = {"dot", "general", "scaled_dot"}
"""Scores to which a vector added to all keys adds the same number for all keys, which selections do not see."""

SEES_SHIFTS = {"monotonic"}
"""Selections that do see it: each key is chosen or not by its own score."""

LEAKY = {"local_p", "monotonic"}
"""Selections whose weights need not sum to 1: at most to 1."""

LOSING = {"monotonic"}
"""Selections that may look at nothing where there is something: a look that had nowhere to go ends all later ones."""

ORDERED = {"local_m", "local_p", "location", "monotonic"}
"""Scores and selections to which it matters in which order the keys lie."""

OPTIONS: dict[str, dict[str, Any]] = {
    "coverage": {"fertility": 2.0},
    "local_m": {"window": 2},
    "local_p": {"window": 2},
    "location": {"filters": 3, "reach": 2},
    "monotonic": {"noise": 0.0},
}
"""Options by name: windows narrower than the memory, nothing drawn at random."""


class Case(NamedTuple):
    """One row: a score, a selection, and whether it is a head of several."""

    score: str
    selection: str
    heads: bool

    def __str__(self) -> str:
        return f"{self.score}-{self.selection}{'-heads' if self.heads else ''}"

    @property
    def ordered(self) -> bool:
        return bool(ORDERED & {self.score, self.selection})

    @property
    def d_query(self) -> int:
        return D_KEY if self.score in SAME_WIDTH and not self.heads else D_QUERY

    @property
    def d_context(self) -> int:
        return HEADS * D_HEAD if self.heads else D_VALUE

    def build(self, dtype: torch.dtype = torch.float64, seed: int = 0) -> Attention | MultiHead:
        torch.manual_seed(seed)

        def attention(d_query: int, d_key: int) -> Attention:
            score = SCORES[self.score](d_query=d_query, d_key=d_key, **OPTIONS.get(self.score, {}))
            selection = make_selection(self.selection, d_query, **OPTIONS.get(self.selection, {}))
            return Attention(score, selection)

        if not self.heads:
            return attention(self.d_query, D_KEY).to(dtype)
        return MultiHead(
            lambda width: attention(width, width),
            d_query=self.d_query,
            d_key=D_KEY,
            d_value=D_VALUE,
            d_model=HEADS * D_HEAD,
            heads=HEADS,
        ).to(dtype)


CASES = [Case(score, selection, heads=False) for score in SCORES for selection in SELECTIONS]
# Heads are folded away before any score or selection: each of them once is enough.
CASES += [Case(score, "soft", heads=True) for score in SCORES]
CASES += [Case("additive", selection, heads=True) for selection in SELECTIONS if selection != "soft"]


def look_along(
    attention: Attention | MultiHead, query: Tensor, prepared: Prepared, mask: Tensor | None = None
) -> Attended:
    """Look with all queries: one after the other where a look depends on those before, else at once."""
    if not attention.has_state:
        return attention(query, prepared, mask=mask)
    looks, state = [], None
    for step in range(query.shape[1]):
        own = None if mask is None else mask[:, step : step + 1]
        looks.append(attention(query[:, step : step + 1], prepared, state, own))
        state = looks[-1].state
    contexts, weights = (torch.cat([look[part] for look in looks], -2) for part in (0, 1))
    return Attended(contexts, weights, state)


def make_query(case: Case, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(BATCH, QUERY, case.d_query, dtype=dtype, requires_grad=True)


def make_memory(mask: Tensor | None = None, dtype: torch.dtype = torch.float64) -> Memory:
    keys = torch.randn(BATCH, KEY, D_KEY, dtype=dtype, requires_grad=True)
    values = torch.randn(BATCH, KEY, D_VALUE, dtype=dtype, requires_grad=True)
    return Memory(keys, values, mask)


def make_mask() -> Tensor:
    """The first sequence is whole, the second has 4 of 7 keys, not in one piece."""
    mask = torch.ones(BATCH, KEY, dtype=torch.bool)
    mask[1, [0, 4, 6]] = False
    return mask


def over_heads(case: Case, mask: Tensor) -> Tensor:
    """A mask (batch, query, key) in the shape of the case's weights."""
    return mask.unsqueeze(1).expand(-1, HEADS, -1, -1) if case.heads else mask
