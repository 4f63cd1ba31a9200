"""What looks with several heads at scaled dot products have in common."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional as F

from saccade.attention.selections.soft import masked_softmax
from saccade.checks import check_positive
from saccade.errors import OptionError


def check_heads(d_model: int, heads: int) -> None:
    """Refuse a width that the heads cannot share.

    Raises:
        OptionError: A number below 1, or a width that is no multiple of the heads.
    """
    check_positive(d_model=d_model, heads=heads)
    if d_model % heads:
        raise OptionError(
            f"`d_model` must be a multiple of `heads`, but is {d_model} with {heads} heads. "
            f"Take {d_model - d_model % heads + heads}, or another number of heads."
        )


def begin(linear: nn.Linear, parts: int = 1) -> None:
    """Set a layer's first weights, where its parts lie one below the other: each as if it were alone; the bias to 0."""
    for part in linear.weight.detach().chunk(parts):
        nn.init.xavier_uniform_(part)
    nn.init.zeros_(linear.bias)


def split_heads(
    projected: Float[Tensor, "batch item d_projected"], parts: int, heads: int
) -> tuple[Float[Tensor, "batch head item d_head"], ...]:
    """The parts of a projection, such as queries, keys and values, each with its heads apart."""
    return projected.unflatten(-1, (parts, heads, -1)).permute(2, 0, 3, 1, 4).unbind()


def join_heads(context: Float[Tensor, "batch head item d_head"]) -> Float[Tensor, "batch item d_model"]:
    """The heads of each item side by side."""
    return context.transpose(1, 2).flatten(2)


def dot_context(
    query: Float[Tensor, "batch head query d_head"],
    key: Float[Tensor, "batch head key d_head"],
    value: Float[Tensor, "batch head key d_head"],
    allowed: Bool[Tensor, "#batch #head #query key"] | None = None,
    *,
    is_causal: bool = False,
) -> Float[Tensor, "batch head query d_head"]:
    """What the heads see, by PyTorch's fused kernel; its weights are `dot_weights`.

    On a processor it computes in float32 or better: there, its backward pass takes 1.5 to 4 times as long in bfloat16.
    """
    if query.device.type != "cpu" or query.dtype != torch.bfloat16:
        return F.scaled_dot_product_attention(query, key, value, attn_mask=allowed, is_causal=is_causal)
    with torch.autocast("cpu", enabled=False):
        wide = [part.float() for part in (query, key, value)]
        return F.scaled_dot_product_attention(*wide, attn_mask=allowed, is_causal=is_causal).to(query.dtype)


def dot_weights(
    query: Float[Tensor, "batch head query d_head"],
    key: Float[Tensor, "batch head key d_head"],
    allowed: Bool[Tensor, "#batch #head #query key"] | None,
) -> Float[Tensor, "batch head query key"]:
    """The weights of a look, which a fused kernel does not give; in float32 or better."""
    scores = (query @ key.mT * query.shape[-1] ** -0.5).flatten(0, 1)
    folded = None if allowed is None else allowed.expand(*query.shape[:2], -1, -1).flatten(0, 1)
    return masked_softmax(scores, folded).unflatten(0, query.shape[:2])
