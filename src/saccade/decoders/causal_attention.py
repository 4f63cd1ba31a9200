"""Self-attention over what was written so far, whose keys and values are made once."""

from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.encoders.heads import begin, check_heads, dot_context, dot_weights, join_heads, split_heads
from saccade.recording import is_recording, show


class Past(NamedTuple):
    """Keys and values of the steps so far."""

    keys: Float[Tensor, "row head step d_head"]
    values: Float[Tensor, "row head step d_head"]


@final
class CausalAttention(nn.Module):
    r"""Let each step look at itself and at the steps before it, with several heads.

    $c_t = W_o\,[c^1_t; …; c^h_t], \quad c^i_t = \sum_{s \le t} \alpha^i_{ts} W^i_v x_s, \quad
    \alpha^i_t = \text{softmax}_{s \le t} (W^i_q x_t \cdot W^i_k x_s / \sqrt{d})$

    The past is handed in and handed back, so that a step's keys and values are made once, however many steps follow.
    The weights (row, head, query, step) are made only while somebody records.

    Args:
        d_model: Width of an item, a multiple of `heads`.
        heads: How many looks at once.

    Raises:
        OptionError: A number below 1, a width that the heads cannot share.

    Example:
        >>> look_back = CausalAttention(d_model=6, heads=3)
        >>> context, past = look_back(torch.zeros(2, 7, 6), look_back.start(torch.zeros(2, 0)))
        >>> context, past = look_back(torch.zeros(2, 1, 6), past)
        >>> context.shape, past.keys.shape
        (torch.Size([2, 1, 6]), torch.Size([2, 3, 8, 2]))

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, sections 3.2.2 and 3.2.3.
    """

    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        check_heads(d_model, heads)
        self.heads, self.d_head = heads, d_model // heads
        self.project, self.join = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        begin(self.project, parts=3)
        begin(self.join)

    def start(self, like: Float[Tensor, "row any"]) -> Past:
        """The past before the first step: no steps."""
        nothing = like.new_zeros(len(like), self.heads, 0, self.d_head)
        return Past(nothing, nothing)

    def forward(
        self, items: Float[Tensor, "row query d_model"], past: Past
    ) -> tuple[Float[Tensor, "row query d_model"], Past]:
        """Look once from each of the steps that come after the past."""
        query, key, value = split_heads(self.project(items), 3, self.heads)
        if past.keys.shape[2]:
            key, value = torch.cat([past.keys, key], dim=2), torch.cat([past.values, value], dim=2)
        from_start = query.shape[2] == key.shape[2]
        allowed = None if from_start else _up_to_itself(query.shape[2], key)
        context = dot_context(query, key, value, allowed, is_causal=from_start)
        if is_recording():
            show(self, dot_weights(query, key, _up_to_itself(query.shape[2], key)))
        return self.join(join_heads(context)), Past(key, value)


def _up_to_itself(queries: int, key: Float[Tensor, "row head step d_head"]) -> Bool[Tensor, "1 1 query step"] | None:
    """What the last steps may look at: all but those that come after them."""
    if queries == 1:
        return None
    steps = key.shape[2]
    return torch.ones(1, 1, queries, steps, dtype=torch.bool, device=key.device).tril(steps - queries)
