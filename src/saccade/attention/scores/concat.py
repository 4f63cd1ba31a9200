"""Concat score: a small network of query and key, joined."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import linear

from saccade.attention.fused.tanh_scores import make_v, prepare_keys, tanh_scores
from saccade.attention.memory import State
from saccade.attention.score import Score
from saccade.checks import check_positive


@final
class Concat(Score):
    r"""Score each key by a small network of query and key, joined end to end.

    $e_{qk} = v^\top \tanh(W [q; k])$

    Args:
        d_query: Width of a query.
        d_key: Width of a key.
        d_score: Width of the scoring layer; None: as wide as a query.

    Example:
        >>> import torch
        >>> score = Concat(d_query=8, d_key=6, d_score=5)
        >>> score(torch.zeros(2, 3, 8), score.prepare(torch.zeros(2, 7, 6))).shape
        torch.Size([2, 3, 7])

    Source:
        Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.1.

    Differs:
        W [q; k] is made as two products, the key's once in `prepare`. It is `additive` with one matrix, which starts
        from one joint range of random numbers.
    """

    def __init__(self, d_query: int, d_key: int, d_score: int | None = None) -> None:
        super().__init__(d_query, d_key)
        d_score = d_query if d_score is None else d_score
        check_positive(d_score=d_score)
        self.project = nn.Linear(d_query + d_key, d_score, bias=False)
        self.v = make_v(d_score)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_score"]:
        """Multiply the keys by their half of the matrix."""
        return prepare_keys(linear(keys, self.project.weight[:, self.d_query :]))

    def forward(
        self, query: Float[Tensor, "batch query d_query"], keys: Float[Tensor, "batch key d_score"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Multiply the query by its half, add each key, and weigh the tanh of their sum."""
        return tanh_scores(linear(query, self.project.weight[:, : self.d_query]), keys, self.v)
