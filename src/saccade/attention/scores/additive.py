"""Additive score: a small network of query and key."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention.fused.tanh_scores import make_v, prepare_keys, tanh_scores
from saccade.attention.memory import State
from saccade.attention.score import Score
from saccade.checks import check_positive


@final
class Additive(Score):
    r"""Score each key by a small network of query and key.

    $e_{qk} = v^\top \tanh(W q + U k)$

    Args:
        d_query: Width of a query.
        d_key: Width of a key.
        d_score: Width of the scoring layer (the paper's n'); None: as wide as a query.

    Example:
        >>> import torch
        >>> score = Additive(d_query=8, d_key=6, d_score=5)
        >>> score(torch.zeros(2, 3, 8), score.prepare(torch.zeros(2, 7, 6))).shape
        torch.Size([2, 3, 7])

    Source:
        Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, appendix A.1.2.

    Differs:
        The projected keys are made once in `prepare`; the paper writes them at each step.
    """

    def __init__(self, d_query: int, d_key: int, d_score: int | None = None) -> None:
        super().__init__(d_query, d_key)
        d_score = d_query if d_score is None else d_score
        check_positive(d_score=d_score)
        self.project_query = nn.Linear(d_query, d_score, bias=False)
        self.project_key = nn.Linear(d_key, d_score, bias=False)
        self.v = make_v(d_score)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_score"]:
        """Project the keys."""
        return prepare_keys(self.project_key(keys))

    def forward(
        self, query: Float[Tensor, "batch query d_query"], keys: Float[Tensor, "batch key d_score"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Project the query, add each key, and weigh the tanh of their sum."""
        return tanh_scores(self.project_query(query), keys, self.v)
