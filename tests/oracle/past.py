"""Scores that know where earlier looks fell, written from the papers; what they know is all weights, look by look."""

import torch
from torch import Tensor

from .attention import Past, Score, inner, product


def location(w: Tensor, b: Tensor, v_key: Tensor, filters: Tensor, u: Tensor, v: Tensor) -> Score:
    """v·tanh(W s + V h + U f_k + b), f_k the filters' products with the last weights around place k:
    Chorowski 2015, arXiv:1506.07503, equations 8 and 9. Beyond the ends, and before the first look, weights are 0.

    Args:
        filters: (filter, 2 · reach + 1), laid over the weights as they are, not turned round.
    """

    def score(query: Tensor, key: Tensor, place: int, past: Past) -> Tensor:
        reach = filters.shape[1] // 2
        around = torch.stack([_weight(past[-1:], place + step) for step in range(-reach, reach + 1)])
        return inner(v, torch.tanh(product(w, query) + product(v_key, key) + product(u, product(filters, around)) + b))

    return score


def coverage(
    w: Tensor,
    b: Tensor,
    u: Tensor,
    w_coverage: Tensor,
    v: Tensor,
    fertility: tuple[float, Tensor, Tensor] | None = None,
) -> Score:
    """v·tanh(W s + U h + w_c c_k + b), c_k the sum of the earlier weights of place k: See 2017, arXiv:1704.04368,
    equations 10 and 11. With a fertility (N, u, b) the sum is divided by N·sigmoid(u·h + b): Tu 2016,
    arXiv:1601.04811, section 3.1."""

    def score(query: Tensor, key: Tensor, place: int, past: Past) -> Tensor:
        covered = _weight(past, place)
        if fertility is not None:
            most, u_fertility, b_fertility = fertility
            covered = covered / (most / (1 + torch.exp(-(inner(u_fertility, key) + b_fertility))))
        return inner(v, torch.tanh(product(w, query) + product(u, key) + w_coverage * covered + b))

    return score


def _weight(looks: Past, place: int) -> Tensor:
    """The sum of the weights of one place; 0 where there is no such place."""
    total = torch.zeros((), dtype=torch.float64)
    for weights in looks:
        if 0 <= place < len(weights):
            total = total + weights[place]
    return total


def coverage_loss(looks: Past) -> Tensor:
    """Σ_t Σ_k min(a_tk, c_tk): See 2017, equation 12, summed over the looks."""
    total = torch.zeros((), dtype=torch.float64)
    for step, weights in enumerate(looks):
        for place in range(len(weights)):
            total = total + torch.minimum(weights[place], _weight(looks[:step], place))
    return total
