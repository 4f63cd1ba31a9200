"""How much of what a look brings back is let through."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.attention import Attended, Attention, Choice, Memory, MultiHead, Prepared, Selection, State


@final
class GatedLook(nn.Module):
    r"""Look, and weigh the context by a number between 0 and 1 that the query says.

    $c_q = \beta_q \sum_k \alpha_{qk} v_k, \quad \beta_q = \sigma(w^\top q + b)$

    Where the next word follows from those before it, the decoder may look past the image.

    Args:
        attention: What looks.

    Example:
        >>> from saccade.attention.scores import Additive
        >>> from saccade.attention.selections import Soft
        >>> look = GatedLook(Attention(Additive(d_query=5, d_key=3, d_score=7), Soft()))
        >>> prepared = look.remember(Memory(keys=torch.zeros(2, 11, 3), values=torch.ones(2, 11, 3)))
        >>> look(torch.zeros(2, 1, 5), prepared).context[0]
        tensor([[0.5000, 0.5000, 0.5000]], grad_fn=<SelectBackward0>)

    Source:
        Xu et al. 2015, arXiv:1502.03044, section 4.2.1, the gating scalar; $f_\beta$ is a linear layer.

    Differs:
        It begins half open, with $w = 0$ and $b = 0$.
    """

    def __init__(self, attention: Attention | MultiHead) -> None:
        super().__init__()
        self.attention = attention
        self.gate = nn.Linear(attention.d_query, 1)
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.gate.bias)

    @property
    def has_state(self) -> bool:
        """Whether a look depends on those before it: see `Attention.has_state`."""
        return self.attention.has_state

    @property
    def selection(self) -> Selection:
        """How scores become weights."""
        return self.attention.selection

    def d_context(self, d_value: int) -> int:
        """Width of the context over values of this width: that of the attention."""
        return self.attention.d_context(d_value)

    def remember(self, memory: Memory) -> Prepared:
        """Do once for a sequence what does not depend on the query; see `Attention.remember`."""
        return self.attention.remember(memory)

    def forward(
        self,
        query: Float[Tensor, "batch query d_query"],
        prepared: Prepared,
        state: State = None,
        mask: Bool[Tensor, "batch query key"] | None = None,
    ) -> Attended:
        """Look once for each query; see `Attention.forward`."""
        attended = self.attention(query, prepared, state, mask)
        return attended._replace(context=torch.sigmoid(self.gate(query)) * attended.context)

    def choice(
        self,
        query: Float[Tensor, "batch query d_query"],
        prepared: Prepared,
        weights: Float[Tensor, "batch *head query key"],
    ) -> Choice:
        """How likely looks were that were drawn: see `Attention.choice`."""
        return self.attention.choice(query, prepared, weights)
