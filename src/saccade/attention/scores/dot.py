"""Dot score: the product of query and key."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.attention.memory import State
from saccade.attention.score import Score, check_same_width


@final
class Dot(Score):
    r"""Score each key by its dot product with the query.

    $e_{qk} = q^\top k$

    Args:
        d_query: Width of a query.
        d_key: Width of a key; the same.

    Raises:
        OptionError: The widths differ.

    Example:
        >>> score = Dot(d_query=2, d_key=2)
        >>> keys = score.prepare(torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]))
        >>> score(torch.tensor([[[3.0, 4.0]]]), keys)
        tensor([[[3., 4.]]])

    Source:
        Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.1.
    """

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__(d_query, d_key)
        check_same_width("dot", d_query, d_key)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_key"]:
        """Keys are taken as they are."""
        return keys

    def forward(
        self, query: Float[Tensor, "batch query d_key"], keys: Float[Tensor, "batch key d_key"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Multiply."""
        return torch.bmm(query, keys.mT)
