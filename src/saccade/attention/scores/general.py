"""General score: a learnt product of query and key."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention.memory import State
from saccade.attention.score import Score


@final
class General(Score):
    r"""Score each key by its product with the query through a learnt matrix.

    $e_{qk} = q^\top W k$

    Args:
        d_query: Width of a query.
        d_key: Width of a key.

    Example:
        >>> score = General(d_query=3, d_key=5)
        >>> score(torch.ones(1, 2, 3), score.prepare(torch.ones(1, 7, 5))).shape
        torch.Size([1, 2, 7])

    Source:
        Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.1.

    Differs:
        W k is made once in `prepare`; the paper writes it at each step.
    """

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__(d_query, d_key)
        self.project_key = nn.Linear(d_key, d_query, bias=False)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_query"]:
        """Bring the keys to the width of queries."""
        return self.project_key(keys)

    def forward(
        self, query: Float[Tensor, "batch query d_query"], keys: Float[Tensor, "batch key d_query"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Multiply."""
        return torch.bmm(query, keys.mT)
