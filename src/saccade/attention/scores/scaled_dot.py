"""Scaled dot score: the product of query and key, kept small where they are wide."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.attention.memory import State
from saccade.attention.score import Score, check_same_width


@final
class ScaledDot(Score):
    r"""Score each key by its dot product with the query, divided by the root of their width.

    $e_{qk} = q^\top k / \sqrt{d}$

    Args:
        d_query: Width of a query.
        d_key: Width of a key; the same.

    Raises:
        OptionError: The widths differ.

    Example:
        >>> score = ScaledDot(d_query=4, d_key=4)
        >>> score(torch.ones(1, 1, 4), score.prepare(torch.ones(1, 2, 4)))
        tensor([[[2., 2.]]])

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, equation 1.

    Differs:
        The division is made once, on the keys; the paper divides each score.
    """

    def __init__(self, d_query: int, d_key: int) -> None:
        super().__init__(d_query, d_key)
        check_same_width("scaled_dot", d_query, d_key)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_key"]:
        """Divide the keys by the root of their width."""
        return keys * self.d_key**-0.5

    def forward(
        self, query: Float[Tensor, "batch query d_key"], keys: Float[Tensor, "batch key d_key"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Multiply."""
        return torch.bmm(query, keys.mT)
