"""Local-p: look near a place that the query predicts."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.attention.fused.tanh_scores import make_v
from saccade.attention.memory import State
from saccade.attention.selection import Selection
from saccade.attention.selections.local_m import check_window, places_of, within
from saccade.attention.selections.soft import masked_softmax
from saccade.checks import check_positive


@final
class LocalP(Selection):
    r"""Weigh the keys of a window by a softmax, and again by how near they are to its centre, which is predicted.

    $\alpha_{tk} = \text{softmax}_{|k - p_t| \le D}(e_{tk}) \exp\left(-\frac{(k - p_t)^2}{2 \sigma^2}\right), \quad
    p_t = S\, \sigma_g(v^\top \tanh(W q_t)), \quad \sigma = D / 2$

    S is the length of the source and $\sigma_g$ the sigmoid. The weights sum to less than 1. Places are counted among
    the keys that the mask allows.

    Args:
        d_query: Width of a query.
        window: D, how far the window reaches to either side of its centre; at least 1.

    Raises:
        OptionError: A window below 1.

    Example:
        >>> select = LocalP(d_query=3, window=2)
        >>> weights, _ = select(torch.zeros(1, 1, 5), None, torch.zeros(1, 1, 3), None)  # its centre is at 2.5
        >>> weights.detach()
        tensor([[[0.0000, 0.0812, 0.2206, 0.2206, 0.0812]]])

    Source:
        Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.2, "predictive alignment (local-p)", equations 9 and 10.

    Differs:
        Places are counted from 0. In float32 also where the scores are of half precision.
    """

    def __init__(self, d_query: int, window: int = 10) -> None:
        super().__init__()
        check_positive(d_query=d_query)
        check_window(window)
        self.window = window
        self.project = nn.Linear(d_query, d_query, bias=False)
        self.v = make_v(d_query)

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Weigh the keys near the predicted place; keeps no state."""
        exact = torch.promote_types(scores.dtype, torch.float32)
        # Summed by hand: autocast would make the product in half precision, too coarse for a place in a long source.
        share = (self.project(query).to(exact).tanh() * self.v.to(exact)).sum(-1, keepdim=True).sigmoid()
        places = places_of(scores, mask)
        centre = (places[..., -1:] + 1) * share
        weights = masked_softmax(scores, within(places, centre, self.window, mask))
        return weights * torch.exp(-2 * ((places - centre) / self.window).square()), None
