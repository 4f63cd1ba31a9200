"""What can be looked at, what a look needs of it, and what was seen: named tuples that search reorders as trees."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.errors import DataError

State = tuple[Tensor, ...] | None
"""What is remembered from look to look: tensors (batch, query, …), with heads (batch, head, query, …), since each query
has a past of its own; or None, where nothing is remembered, and before the first look."""


class Memory(NamedTuple):
    """What can be looked at.

    Args:
        keys: What a query is compared with.
        values: What a look brings back.
        mask: True = may be looked at; None = all of it may.
        items: What each item is, for the reader of a map: a token's span, a box of an image, a step.
    """

    keys: Float[Tensor, "batch key d_key"]
    values: Float[Tensor, "batch key d_value"]
    mask: Bool[Tensor, "batch key"] | None = None
    items: tuple[object, ...] | None = None


class Prepared(NamedTuple):
    """A Memory as one attention needs it: all that does not depend on the query is done. With heads, one more axis."""

    keys: Float[Tensor, "batch *head key d_score"]
    values: Float[Tensor, "batch *head key d_value"]
    mask: Bool[Tensor, "batch *head key"] | None = None
    items: tuple[object, ...] | None = None


class Attended(NamedTuple):
    """What a look brought back.

    Args:
        context: The values, summed by their weights.
        weights: How much each key was looked at; at least float32, also in half precision.
        state: What score and selection want to have back at the next look.
    """

    context: Float[Tensor, "batch query d_value"]
    weights: Float[Tensor, "batch *head query key"]
    state: State = None


class Choice(NamedTuple):
    """What is known of looks that were drawn, for a loss that rewards them.

    Args:
        log_prob: How likely each look was.
        bonus: What each look is worth by itself, whatever comes of it: for being undecided.
        is_lasting: Whether steps after a look depend on it; otherwise it can change its own step alone.
    """

    log_prob: Float[Tensor, "batch query"]
    bonus: Float[Tensor, "batch query"]
    is_lasting: bool = True


def blank_masked(memory: Memory) -> Memory:
    """Set masked keys and values to 0, and bring both to the precision of products.

    A weight of 0 does not do it alone: 0 · NaN = NaN, and so it is in the gradients. The cast is what autocast would
    do at each look, done once.
    """
    keys = _blank(memory.keys, memory.mask)
    values = keys if memory.values is memory.keys else _blank(memory.values, memory.mask)
    return memory._replace(keys=keys, values=values)


def _blank(items: Tensor, mask: Tensor | None) -> Tensor:
    if torch.is_autocast_enabled(items.device.type) and items.dtype != torch.float64:
        items = items.to(torch.get_autocast_dtype(items.device.type))
    return items if mask is None else torch.where(mask.unsqueeze(-1), items, 0.0)


def joint_mask(
    memory_mask: Bool[Tensor, "batch key"] | None, mask: Bool[Tensor, "batch query key"] | None
) -> Bool[Tensor, "batch #query key"] | None:
    """What each query may look at: what the memory's own mask and the call's mask both allow."""
    if memory_mask is None:
        return mask
    memory_mask = memory_mask.unsqueeze(1)
    return memory_mask if mask is None else memory_mask & mask


def check_memory(memory: Memory, d_key: int, d_value: int | None = None) -> None:
    """Refuse a memory that does not fit, before it is looked at.

    Raises:
        DataError: A wrong shape, width or type of keys, values or mask.
    """
    keys, values, mask, _ = memory
    _check_items("keys", keys, d_key)
    _check_items("values", values, d_value)
    if keys.shape[:2] != values.shape[:2]:
        raise DataError(
            f"`memory.keys` and `memory.values` must agree in (batch, key), but are {tuple(keys.shape[:2])} and "
            f"{tuple(values.shape[:2])}. Give each key one value."
        )
    if mask is not None:
        _check_mask("memory.mask", mask, {"batch": keys.shape[0], "key": keys.shape[1]})


def check_look(query: Tensor, prepared: Prepared, mask: Tensor | None, d_query: int) -> None:
    """Refuse a query or a call's mask that does not fit the memory.

    Raises:
        DataError: A wrong shape, width or type of the query or the mask.
    """
    batch, keys = prepared.keys.shape[0], prepared.keys.shape[-2]
    if query.dim() != 3 or query.shape[0] != batch or query.shape[2] != d_query:
        raise DataError(
            f"`query` must have shape (batch, query, d_query) = ({batch}, any, {d_query}), but has "
            f"{tuple(query.shape)}. For one query a sequence, use `query.unsqueeze(1)`."
        )
    if mask is not None:
        _check_mask("mask", mask, {"batch": batch, "query": query.shape[1], "key": keys})


def check_state(query: Tensor, state: State) -> None:
    """Refuse a state that does not have a past for each query.

    Raises:
        DataError: Names the shapes.
    """
    for part in state or ():
        if part.shape[:2] != query.shape[:2]:
            raise DataError(
                f"`state` must have a past for each of (batch, query) = {tuple(query.shape[:2])}, but has one for each "
                f"of {tuple(part.shape[:2])}. Hand in the state of a look with the same queries, or None at the first."
            )


def _check_items(name: str, items: Tensor, width: int | None) -> None:
    if items.dim() != 3 or (width is not None and items.shape[2] != width):
        allowed = "any" if width is None else width
        raise DataError(
            f"`memory.{name}` must have shape (batch, key, width) with width = {allowed}, but has "
            f"{tuple(items.shape)}. Give it that shape, or build the attention with that width."
        )
    if not items.is_floating_point():
        raise DataError(f"`memory.{name}` must be of floating point, but is {items.dtype}. Use `.float()`.")


def _check_mask(name: str, mask: Tensor, sizes: dict[str, int]) -> None:
    if mask.dtype != torch.bool:
        raise DataError(
            f"`{name}` must be torch.bool, True = may be looked at, but is {mask.dtype}. Use `mask.bool()` where 1 "
            "means that, `mask == 0` where 0 does."
        )
    allowed = tuple(sizes.values())
    if tuple(mask.shape) != allowed:
        turned = mask.dim() > 1 and tuple(mask.mT.shape) == allowed
        advice = "Transpose it." if turned else "Give it one entry for each of them."
        raise DataError(
            f"`{name}` must have shape ({', '.join(sizes)}) = {allowed}, but has {tuple(mask.shape)}. {advice}"
        )
