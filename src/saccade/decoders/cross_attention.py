"""The look of a self-attention decoder at what was read."""

from typing import final

from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention import Memory, Prepared
from saccade.attention.memory import blank_masked, check_memory
from saccade.encoders.heads import begin, check_heads, dot_context, dot_weights, join_heads, split_heads
from saccade.recording import Real, is_recording, show


@final
class CrossAttention(nn.Module):
    r"""Let each step look at a memory, with several heads, at scaled dot products.

    The same as a soft, scaled-dot `MultiHead`, on PyTorch's fused kernel where nobody wants the weights. The rows of
    one sentence are queries to the same memory, which is prepared once and never copied.

    Args:
        d_model: Width of an item, a multiple of `heads`.
        d_memory: Width of keys and values.
        heads: How many looks at once.

    Raises:
        OptionError: A number below 1, a width that the heads cannot share.

    Example:
        >>> import torch
        >>> look = CrossAttention(d_model=6, d_memory=5, heads=3)
        >>> prepared = look.remember(Memory(keys=torch.zeros(2, 7, 5), values=torch.zeros(2, 7, 5)))
        >>> context, weights = look(torch.zeros(8, 1, 6), prepared, weighed=True)
        >>> context.shape, weights.shape
        (torch.Size([8, 1, 6]), torch.Size([8, 3, 1, 7]))

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.2.3.
    """

    def __init__(self, d_model: int, d_memory: int, heads: int) -> None:
        super().__init__()
        check_heads(d_model, heads)
        self.heads, self.d_memory = heads, d_memory
        self.project_query, self.join = nn.Linear(d_model, d_model), nn.Linear(d_model, d_model)
        self.project_key, self.project_value = nn.Linear(d_memory, d_model), nn.Linear(d_memory, d_model)
        for linear in (self.project_query, self.project_key, self.project_value, self.join):
            begin(linear)

    def remember(self, memory: Memory) -> Prepared:
        """Do once for a sentence what does not depend on the step; what is masked has no influence, not even NaN.

        Returns:
            Keys and values (sentence, head, key, d_head), mask (sentence, key); what the items are is not kept.

        Raises:
            DataError: A wrong shape, width or type in the memory.
        """
        check_memory(memory, self.d_memory, self.d_memory)
        keys, values, mask, _ = blank_masked(memory)
        [key], [value] = (
            split_heads(project(items), 1, self.heads)
            for project, items in ((self.project_key, keys), (self.project_value, values))
        )
        return Prepared(key, value, mask)

    def forward(
        self, items: Float[Tensor, "row query d_model"], prepared: Prepared, *, weighed: bool = False
    ) -> tuple[Float[Tensor, "row query d_model"], Float[Tensor, "row head query key"] | None]:
        """Look once from each step of each row.

        Args:
            items: What looks: the steps of one row or more a sentence, those of a sentence one after the other.
            prepared: What `remember` gave.
            weighed: Whether the weights are wanted.

        Returns:
            What the looks brought back; and the weights, if they are wanted.
        """
        rows, steps, _ = items.shape
        sentences = len(prepared.keys)
        queries = self.project_query(items).reshape(sentences, -1, items.shape[-1])
        [query] = split_heads(queries, 1, self.heads)
        allowed = None if prepared.mask is None else prepared.mask[:, None, None]
        seen = None
        if weighed or is_recording():
            seen = dot_weights(query, prepared.keys, allowed)
            show(self, seen, Real(keys=prepared.mask))
        if seen is not None and weighed:
            context = seen.to(prepared.values.dtype) @ prepared.values
        else:
            context = dot_context(query, prepared.keys, prepared.values, allowed)
        context = self.join(join_heads(context)).reshape(rows, steps, -1)
        return context, _by_row(seen, rows // sentences) if seen is not None and weighed else None


def _by_row(weights: Float[Tensor, "sentence head queries key"], rows: int) -> Float[Tensor, "row head query key"]:
    """The queries of a sentence, back in their rows."""
    return weights.unflatten(2, (rows, -1)).transpose(1, 2).flatten(0, 1)
