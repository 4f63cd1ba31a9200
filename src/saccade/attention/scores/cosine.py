"""Cosine score: the direction of query and key, without their length."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention.memory import State
from saccade.attention.score import Score, check_same_width
from saccade.errors import OptionError


@final
class Cosine(Score):
    r"""Score each key by the cosine of its angle to the query, times a scale.

    $e_{qk} = \beta\, q^\top k / (\|q\| \|k\|)$

    A bare cosine lies in [-1, 1], so a softmax of it could never look anywhere for sure: with 20 keys the best weight
    is 0.28. The scale β lets it; it is learnt as its logarithm and so stays above 0.

    Args:
        d_query: Width of a query.
        d_key: Width of a key; the same.
        scale: β, or where it starts; above 0.
        learn_scale: Whether β is learnt. If not, it is a constant of the model.

    Raises:
        OptionError: The widths differ, or the scale is not above 0.

    Example:
        >>> score = Cosine(d_query=2, d_key=2, scale=1.0, learn_scale=False)
        >>> keys = score.prepare(torch.tensor([[[5.0, 0.0], [0.0, 0.0], [-2.0, 0.0]]]))
        >>> score(torch.tensor([[[3.0, 0.0]]]), keys)
        tensor([[[ 1.,  0., -1.]]])

    Source:
        Graves, Wayne, Danihelka 2014, arXiv:1410.5401, section 3.3.1, equations 5 and 6.

    Differs:
        The paper emits β with each query; here one β serves the model. A vector of zeros scores 0 with everything.
    """

    log_scale: Tensor

    def __init__(self, d_query: int, d_key: int, scale: float = 10.0, *, learn_scale: bool = True) -> None:
        super().__init__(d_query, d_key)
        check_same_width("cosine", d_query, d_key)
        if not 0 < scale < float("inf"):
            raise OptionError(f"`scale` must be a number above 0, but is {scale}. 10 is a good start.")
        log_scale = torch.tensor(scale).log()
        if learn_scale:
            self.log_scale = nn.Parameter(log_scale)
        else:
            self.register_buffer("log_scale", log_scale)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_key"]:
        """Bring each key to length β."""
        return _unit(keys) * self.log_scale.exp().to(keys.dtype)

    def forward(
        self, query: Float[Tensor, "batch query d_key"], keys: Float[Tensor, "batch key d_key"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Multiply by the direction of the query."""
        return torch.bmm(_unit(query), keys.mT)


def _unit(vectors: Tensor) -> Tensor:
    # In half precision the squares of a long vector overflow; its norm is taken in float32.
    dtype = torch.promote_types(vectors.dtype, torch.float32)
    norm = torch.linalg.vector_norm(vectors, dim=-1, keepdim=True, dtype=dtype)
    return (vectors / torch.where(norm == 0, 1.0, norm)).to(vectors.dtype)
