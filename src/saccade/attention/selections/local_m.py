"""Local-m: look near the place in the source that is as far along as the output."""

from typing import ClassVar, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from saccade.attention.memory import State
from saccade.attention.selection import Selection
from saccade.attention.selections.soft import masked_softmax
from saccade.errors import OptionError


@final
class LocalM(Selection):
    r"""Weigh by a softmax the keys of a window that moves on by one place at each look.

    $\alpha_{tk} = \text{softmax}_{|k - p_t| \le D}(e_{tk}), \quad p_t = t$

    Places are counted among the keys that the mask allows.

    Args:
        window: D, how far the window reaches to either side of its centre; at least 1.

    Raises:
        OptionError: A window below 1.

    Example:
        >>> select, query = LocalM(window=1), torch.zeros(1, 1, 2)
        >>> weights, state = select(torch.zeros(1, 1, 5), None, query, None)
        >>> weights
        tensor([[[0.5000, 0.5000, 0.0000, 0.0000, 0.0000]]])
        >>> weights, state = select(torch.zeros(1, 1, 5), None, query, state)
        >>> weights
        tensor([[[0.3333, 0.3333, 0.3333, 0.0000, 0.0000]]])

    Source:
        Luong, Pham, Manning 2015, arXiv:1508.04025, section 3.2, "monotonic alignment (local-m)".

    Differs:
        The first look is at place 0. At the end of the source the window stays, so that an output may be longer.
    """

    state_parts: ClassVar[int] = 1

    def __init__(self, window: int = 10) -> None:
        super().__init__()
        check_window(window)
        self.window = window

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Weigh the keys near the place of the step; the state is the number of looks before, for each query."""
        step = torch.zeros(scores.shape[:2], dtype=torch.long, device=scores.device) if state is None else state[0]
        places = places_of(scores, mask)
        centre = torch.minimum(step.unsqueeze(-1), places[..., -1:])
        return masked_softmax(scores, within(places, centre, self.window, mask)), (step + 1,)


def check_window(window: int) -> None:
    """Refuse a window without width.

    Raises:
        OptionError: It is below 1.
    """
    if window < 1:
        raise OptionError(
            f"`window` must be at least 1, but is {window}. It is how many keys are looked at to either side of the "
            "centre; one wider than the source is allowed."
        )


def places_of(
    scores: Float[Tensor, "batch query key"], mask: Bool[Tensor, "batch #query key"] | None
) -> Int[Tensor, "#batch #query key"]:
    """The place of each key among those that the mask allows, from 0; the last entry is that of the last of them."""
    if mask is None:
        return torch.arange(scores.shape[-1], device=scores.device)[None, None]
    return mask.cumsum(-1) - 1


def within(
    places: Int[Tensor, "#batch #query key"],
    centre: Tensor,
    window: int,
    mask: Bool[Tensor, "batch #query key"] | None,
) -> Bool[Tensor, "batch query key"]:
    """Which of the keys that the mask allows lie in a window around a centre (batch, query, 1)."""
    near = (places - centre).abs() <= window
    return near if mask is None else near & mask
