"""Self-attention: each item of a sequence, or of an image, looks at all of them."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from saccade.checks import check_positive
from saccade.encoders.heads import begin, check_heads, dot_context, dot_weights, join_heads, split_heads
from saccade.recording import Real, is_recording, show


@final
class SelfAttention(nn.Module):
    r"""Let each item look at all items, with several heads.

    $c_q = W_o\,[c^1_q; …; c^h_q], \quad c^i_q = \sum_k \alpha^i_{qk} W^i_v x_k, \quad
    \alpha^i_q = \text{softmax}_k (W^i_q x_q \cdot W^i_k x_k / \sqrt{d})$

    The weights (batch, head, query, key) are made only while somebody records; otherwise no such tensor is there.

    Args:
        d_model: Width of an item, a multiple of `heads`.
        heads: How many looks at once.

    Raises:
        OptionError: A number below 1, a width that the heads cannot share.

    Example:
        >>> look = SelfAttention(d_model=6, heads=3)
        >>> look(torch.zeros(2, 7, 6)).shape
        torch.Size([2, 7, 6])

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.

    Differs:
        Unlike `MultiHead`, it takes soft scaled dot products only, for which there are fused kernels. `project` holds
        $W_q$, $W_k$ and $W_v$ of all heads, one below the other.
    """

    def __init__(self, d_model: int, heads: int) -> None:
        super().__init__()
        check_heads(d_model, heads)
        self.heads = heads
        self.project, self.join = nn.Linear(d_model, 3 * d_model), nn.Linear(d_model, d_model)
        begin(self.project, parts=3)
        begin(self.join)

    def forward(
        self, items: Float[Tensor, "batch item d_model"], mask: Bool[Tensor, "batch item"] | None = None
    ) -> Float[Tensor, "batch item d_model"]:
        """Look once from each item.

        Args:
            items: What looks, and is looked at; what the mask hides must be finite.
            mask: True = may be looked at; None = all may.
        """
        query, key, value = split_heads(self.project(items), 3, self.heads)
        allowed = None if mask is None else mask[:, None, None]
        context = dot_context(query, key, value, allowed)
        if is_recording():
            show(self, dot_weights(query, key, allowed), Real(mask, mask))
        return self.join(join_heads(context))


@final
class SelfAttentionLayer(nn.Module):
    r"""Look around, then think about each item.

    $y = x + \text{look}(\text{LN}(x)), \quad z = y + W_2\,\text{GELU}(W_1\,\text{LN}(y))$

    Args:
        d_model: Width of an item.
        heads: How many looks at once.
        dropout: Share of what is added that is dropped in training.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.1; the norm before each part: Dosovitskiy et al. 2021,
        arXiv:2010.11929, equations 2 and 3.
    """

    def __init__(self, d_model: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.look_norm, self.look = nn.LayerNorm(d_model), SelfAttention(d_model, heads)
        self.think_norm = nn.LayerNorm(d_model)
        self.widen, self.narrow = nn.Linear(d_model, 4 * d_model), nn.Linear(4 * d_model, d_model)
        self.dropout = nn.Dropout(dropout)
        begin(self.widen)
        begin(self.narrow)

    def forward(
        self, items: Float[Tensor, "batch item d_model"], mask: Bool[Tensor, "batch item"] | None = None
    ) -> Float[Tensor, "batch item d_model"]:
        """Change each item by what it sees; see `SelfAttention.forward`."""
        items = items + self.dropout(self.look(self.look_norm(items), mask))
        return items + self.dropout(self.narrow(F.gelu(self.widen(self.think_norm(items)))))


@final
class SelfAttentionLayers(nn.Module):
    """Let items look at each other again and again.

    Args:
        d_model: Width of an item.
        heads: How many looks at once.
        layers: How often.
        dropout: Share of what each layer adds that is dropped in training.

    Raises:
        OptionError: A number below 1, a width that the heads cannot share.

    Example:
        >>> layers = SelfAttentionLayers(d_model=6, heads=3, layers=2)
        >>> mask = torch.tensor([[True] * 7, [True] * 5 + [False] * 2])
        >>> layers(torch.zeros(2, 7, 6), mask).shape
        torch.Size([2, 7, 6])

    Source:
        Dosovitskiy et al. 2021, arXiv:2010.11929, section 3.1.
    """

    def __init__(self, d_model: int, heads: int, layers: int, dropout: float = 0.0) -> None:
        super().__init__()
        check_positive(layers=layers)
        self.layers = nn.ModuleList(SelfAttentionLayer(d_model, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(d_model)

    def forward(
        self, items: Float[Tensor, "batch item d_model"], mask: Bool[Tensor, "batch item"] | None = None
    ) -> Float[Tensor, "batch item d_model"]:
        """Look again and again.

        Args:
            items: What looks, and is looked at.
            mask: True = may be looked at; what it hides has no influence, and comes out as something finite.
        """
        if mask is not None:  # A weight of 0 does not do it alone: 0 · NaN = NaN.
            items = torch.where(mask[..., None], items, 0.0)
        for layer in self.layers:
            items = layer(items, mask)
        return self.norm(items)
