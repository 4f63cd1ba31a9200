"""Selections that look near a place, and those that walk on from one, written from the papers.

Places are those among the keys that may be looked at, from 0, but for the walk, which passes the others by.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from .attention import Past, Selection, inner, product, soft


def _softmax_within(scores: Sequence[Tensor], centre: float, window: int) -> list[Tensor]:
    """The softmax over the places from centre − window to centre + window, and 0 for the others."""
    inside = [place for place in range(len(scores)) if centre - window <= place <= centre + window]
    weights = [torch.zeros((), dtype=torch.float64) for _ in scores]
    for place, weight in zip(inside, soft([scores[place] for place in inside]), strict=True):
        weights[place] = weight
    return weights


def local_m(window: int) -> Selection:
    """p_t = t: Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.2; no further than the last place."""

    def select(scores: Sequence[Tensor], query: Tensor, places: Sequence[int], past: Past) -> list[Tensor]:
        return _softmax_within(scores, min(len(past), len(scores) - 1), window)

    return select


def local_p(w: Tensor, v: Tensor, window: int) -> Selection:
    """p_t = S·sigmoid(v·tanh(W h)) and align(s)·exp(−(s − p_t)² / 2σ²), σ = D/2: Luong 2015, equations 9 and 10."""

    def select(scores: Sequence[Tensor], query: Tensor, places: Sequence[int], past: Past) -> list[Tensor]:
        centre = len(scores) / (1 + torch.exp(-inner(v, torch.tanh(product(w, query)))))
        deviation = window / 2
        return [
            weight * torch.exp(-((place - centre) ** 2) / (2 * deviation**2))
            for place, weight in enumerate(_softmax_within(scores, centre.item(), window))
        ]

    return select


def _choices(scores: Sequence[Tensor], places: Sequence[int], choose: Callable[[Tensor], Tensor]) -> list[Tensor]:
    """How likely the walk stops at each key up to the last that may be looked at; 0 at those that may not."""
    never = torch.zeros((), dtype=torch.float64)
    known = dict(zip(places, scores, strict=True))
    return [choose(known[k]) if k in known else never for k in range(max(places) + 1)]


def monotonic(offset: Tensor) -> Selection:
    """α_ij = p_ij Σ_{k≤j} α_{i−1,k} Π_{l=k}^{j−1} (1 − p_il), p = sigmoid(e + r): Raffel 2017, arXiv:1704.00784,
    equation 8; before the first look all is at the first key. Without the noise."""

    def select(scores: Sequence[Tensor], query: Tensor, places: Sequence[int], past: Past) -> list[Tensor]:
        p = _choices(scores, places, lambda score: 1 / (1 + torch.exp(-(score + offset))))
        before = past[-1] if past else torch.tensor([1.0] + [0.0] * (len(p) - 1), dtype=torch.float64)
        weights = []
        for j in places:
            arriving = torch.zeros((), dtype=torch.float64)
            for k in range(j + 1):
                walk = before[k]
                for passed in range(k, j):
                    walk = walk * (1 - p[passed])
                arriving = arriving + walk
            weights.append(p[j] * arriving)
        return weights

    return select


def monotonic_hard(offset: Tensor) -> Selection:
    """Raffel 2017, algorithm 1: from where the last look stopped, walk until p > 1/2. A walk that has passed the last
    key is over."""

    def select(scores: Sequence[Tensor], query: Tensor, places: Sequence[int], past: Past) -> list[Tensor]:
        weights = dict.fromkeys(places, 0.0)
        lost = bool(past) and not past[-1].any()
        start = int(past[-1].argmax()) if past and not lost else 0
        for k, score in zip(places, scores, strict=True):
            if not lost and k >= start and 1 / (1 + math.exp(-(score + offset).item())) > 0.5:
                weights[k] = 1.0
                break
        return [torch.tensor(weights[k], dtype=torch.float64) for k in places]

    return select
