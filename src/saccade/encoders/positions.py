"""Where a token stands in its sequence, for networks that see all tokens at once."""

from typing import Literal, final, get_args

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from saccade.checks import check_known, check_positive
from saccade.errors import OptionError

Positions = Literal["sine", "learnt"]


def sines(places: Int[Tensor, " place"], width: int) -> Float[Tensor, "place width"]:
    r"""Sines and cosines of places, at rates from 1 down to nearly 1 / 10,000.

    $P_{p, i} = \sin(p / 10000^{2i / d}), \quad P_{p, d / 2 + i} = \cos(p / 10000^{2i / d})$

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.5.

    Differs:
        The sines come first, then the cosines, where the paper has them by turns: the order of the columns is all that
        differs.
    """
    rates = 10_000 ** -(torch.arange(width // 2, device=places.device) / (width // 2))
    angles = places[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], dim=-1)


@final
class PlacedTokens(nn.Module):
    r"""Say of embedded tokens where they stand: $\sqrt{d}\, e_p + P_p$.

    Args:
        d_model: Width of an embedding, even.
        positions: `sine`: fixed; `learnt`: a vector for each place, which begins as the sine's.
        longest: How many places are learnt; those beyond share the vector of the last.

    Raises:
        OptionError: A number below 1, an odd width, a kind that does not exist.

    Example:
        >>> place = PlacedTokens(d_model=4)
        >>> place(torch.zeros(2, 3, 4), first=5).shape
        torch.Size([2, 3, 4])

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, sections 3.4 and 3.5.
    """

    def __init__(self, d_model: int, positions: Positions = "sine", longest: int = 512) -> None:
        super().__init__()
        check_known("positions", positions, get_args(Positions))
        check_positive(d_model=d_model, longest=longest)
        if d_model % 2:
            raise OptionError(
                f"`d_model` must be even, for a sine and a cosine of each rate, but is {d_model}. Take {d_model + 1}."
            )
        self.learnt = nn.Parameter(sines(torch.arange(longest), d_model)) if positions == "learnt" else None

    def forward(
        self, embedded: Float[Tensor, "batch place d_model"], first: int = 0
    ) -> Float[Tensor, "batch place d_model"]:
        """Place tokens one after the other, the first of them at `first`."""
        width = embedded.shape[-1]
        places = torch.arange(first, first + embedded.shape[1], device=embedded.device)
        at = sines(places, width) if self.learnt is None else self.learnt[places.clamp(max=len(self.learnt) - 1)]
        return embedded * width**0.5 + at.to(embedded.dtype)
