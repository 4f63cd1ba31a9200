"""Several looks at once, each through its own projections."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.attention.attention import Attention
from saccade.attention.memory import (
    Attended,
    Choice,
    Memory,
    Prepared,
    State,
    blank_masked,
    check_look,
    check_memory,
    joint_mask,
)
from saccade.attention.selection import Selection
from saccade.checks import check_positive
from saccade.errors import OptionError
from saccade.recording import Real, show


@final
class MultiHead(nn.Module):
    r"""Look with several heads, each at its own projection of queries, keys and values.

    $c_q = W_o\,[c^1_q; …; c^h_q], \quad c^i = \text{attention}(W^i_q q, W^i_k k, W^i_v v)$

    Args:
        attention_of_width: Makes the attention of one head, given the width of its queries, keys and values.
        d_query: Width of a query.
        d_key: Width of a key.
        d_value: Width of a value.
        d_model: Width of all heads together, and of the context; a multiple of `heads`.
        heads: Number of heads.
        bias: Whether the four projections add a bias.

    Raises:
        OptionError: A size below 1, a `d_model` that the heads cannot share, an attention of another width.

    Example:
        >>> import torch
        >>> from saccade.attention.scores import ScaledDot
        >>> from saccade.attention.selections import Soft
        >>> def attention_of_width(width):
        ...     return Attention(ScaledDot(width, width), Soft())
        >>> attention = MultiHead(attention_of_width, d_query=8, d_key=6, d_value=4, d_model=10, heads=2)
        >>> prepared = attention.remember(Memory(keys=torch.zeros(2, 7, 6), values=torch.zeros(2, 7, 4)))
        >>> attention(torch.zeros(2, 3, 8), prepared).weights.shape
        torch.Size([2, 2, 3, 7])

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.2.

    Differs:
        Takes any score and selection, not only scaled dot and soft. The heads are folded into the batch, so a score's
        own parameters (such as `Additive.v`) serve all heads; each has its own projections.
    """

    def __init__(
        self,
        attention_of_width: Callable[[int], Attention],
        *,
        d_query: int,
        d_key: int,
        d_value: int,
        d_model: int,
        heads: int,
        bias: bool = True,
    ) -> None:
        super().__init__()
        check_positive(d_query=d_query, d_key=d_key, d_value=d_value, d_model=d_model, heads=heads)
        self.attention = _attention_of_head(attention_of_width, d_model, heads)
        self.heads = heads
        self.d_query, self.d_key, self.d_value, self.d_model = d_query, d_key, d_value, d_model
        self.project_query = nn.Linear(d_query, d_model, bias=bias)
        self.project_key = nn.Linear(d_key, d_model, bias=bias)
        self.project_value = nn.Linear(d_value, d_model, bias=bias)
        self.project_context = nn.Linear(d_model, d_model, bias=bias)

    @property
    def has_state(self) -> bool:
        """Whether a look depends on those before it: see `Attention.has_state`."""
        return self.attention.has_state

    def d_context(self, d_value: int) -> int:
        """Width of the context over values of this width: always `d_model`."""
        return self.d_model

    def remember(self, memory: Memory) -> Prepared:
        """Do once for a sequence what does not depend on the query; see `Attention.remember`.

        Returns:
            Keys and values (batch, head, key, width), mask (batch, head, key): batch-first, as search wants it.
        """
        check_memory(memory, self.d_key, self.d_value)
        keys, values, mask, items = blank_masked(memory)
        # The mask is withheld from the head: what it hides is 0 already, and finite after the projections.
        folded = Memory(self._fold(self.project_key(keys)), self._fold(self.project_value(values)))
        prepared = self.attention.remember(folded)
        per_head = None if mask is None else mask.unsqueeze(1).repeat(1, self.heads, 1)
        return Prepared(self._unfold(prepared.keys), self._unfold(prepared.values), per_head, items)

    def forward(
        self,
        query: Float[Tensor, "batch query d_query"],
        prepared: Prepared,
        state: State = None,
        mask: Bool[Tensor, "batch query key"] | None = None,
    ) -> Attended:
        """Look once for each query and head; see `Attention.forward`. Weights and state are kept per head."""
        check_look(query, prepared, mask, self.d_query)
        attended = self.attention.look(
            self._fold(self.project_query(query)),
            _fold_prepared(prepared),
            None if state is None else tuple(part.flatten(0, 1) for part in state),
            None if mask is None else mask.repeat_interleave(self.heads, 0),
        )
        context = self.project_context(self._unfold(attended.context).transpose(1, 2).flatten(2))
        real = None if prepared.mask is None else prepared.mask[:, 0]
        allowed = joint_mask(real, mask)
        if allowed is not None:  # without this, a query that may look at nothing would get the bias
            context = torch.where(allowed.any(-1, keepdim=True), context, 0.0)
        state = None if attended.state is None else tuple(self._unfold(part) for part in attended.state)
        weights = self._unfold(attended.weights)
        show(self, weights, Real(keys=real))
        return Attended(context, weights, state)

    @property
    def selection(self) -> Selection:
        """How each head selects."""
        return self.attention.selection

    def choice(
        self,
        query: Float[Tensor, "batch query d_query"],
        prepared: Prepared,
        weights: Float[Tensor, "batch head query key"],
    ) -> Choice:
        """How likely looks were that all heads drew together; see `Attention.choice`."""
        folded = self._fold(self.project_query(query))
        log_prob, bonus, _ = self.attention.choice(folded, _fold_prepared(prepared), weights.flatten(0, 1))
        return Choice(self._unfold(log_prob).sum(1), self._unfold(bonus).sum(1))

    def _fold(self, projected: Tensor) -> Tensor:
        return projected.unflatten(-1, (self.heads, -1)).transpose(1, 2).flatten(0, 1)

    def _unfold(self, folded: Tensor) -> Tensor:
        return folded.unflatten(0, (-1, self.heads))


def _fold_prepared(prepared: Prepared) -> Prepared:
    mask = None if prepared.mask is None else prepared.mask.flatten(0, 1)
    return Prepared(prepared.keys.flatten(0, 1), prepared.values.flatten(0, 1), mask)


def _attention_of_head(attention_of_width: Callable[[int], Attention], d_model: int, heads: int) -> Attention:
    if d_model % heads:
        raise OptionError(
            f"`d_model` must be a multiple of `heads`, but is {d_model} with {heads} heads. "
            f"Take {d_model - d_model % heads + heads}, or another number of heads."
        )
    width = d_model // heads
    attention = attention_of_width(width)
    if (attention.d_query, attention.d_key) != (width, width):
        raise OptionError(
            f"A head has queries and keys of width `d_model` / `heads` = {width}, but its attention takes "
            f"{attention.d_query} and {attention.d_key}. Build it with the width that `attention_of_width` is given."
        )
    return attention
