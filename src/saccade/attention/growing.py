"""A prepared memory that grows by an item at each step of a run, without copying those before."""

from dataclasses import dataclass
from typing import Any, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from saccade.attention.memory import Prepared


@final
class Growing:
    """Add items to a prepared memory, one after the other.

    `torch.cat` would copy all earlier items at each step, keep every copy for the backward, and add up as many
    gradients of their size. Here an item is written once into a common place, and looks get views of it; on the way
    back, their gradients are added up in one place, too. A longer view never changes what a shorter one shows, and
    nothing is written after the run, so that what `extend` gives is a value, as any `Prepared` is.

    Args:
        room: How many times it is extended, at most.
        prepared: What it begins with; None: the first items that are added.

    Example:
        >>> growing = Growing(room=7)
        >>> for step in range(3):
        ...     prepared = growing.extend(Prepared(keys=torch.zeros(2, 1, 5), values=torch.zeros(2, 1, 3)))
        >>> prepared.keys.shape, prepared.values.shape
        (torch.Size([2, 3, 5]), torch.Size([2, 3, 3]))
    """

    def __init__(self, room: int, prepared: Prepared | None = None) -> None:
        self._keys, self._values = _Row(room), _Row(room)
        self._mask: Bool[Tensor, "batch key"] | None = None
        if prepared is not None:
            self.extend(prepared)

    def extend(self, more: Prepared) -> Prepared:
        """Add items at the end, prepared by the same attention, without heads; give all there are now."""
        before = self._keys.count
        keys, values = self._keys.add(more.keys), self._values.add(more.values)
        if more.mask is not None or self._mask is not None:
            of_more = keys.new_ones(more.keys.shape[:2], dtype=torch.bool) if more.mask is None else more.mask
            of_before = of_more.new_ones(len(keys), before) if self._mask is None else self._mask
            self._mask = torch.cat([of_before, of_more], dim=1)
        return Prepared(keys, values, self._mask)


@dataclass(eq=False)
class _Ground:
    """Where items are written and their gradients are added up; it knows nothing of the graph that hangs on it."""

    items: Float[Tensor, "batch room width"]
    gradient: Float[Tensor, "batch key width"] | None = None


@final
class _Row:
    """One tensor that grows."""

    def __init__(self, room: int) -> None:
        self._room, self.count = room, 0
        self._ground: _Ground | None = None
        self._link: Tensor | None = None

    def add(self, items: Float[Tensor, "batch new width"]) -> Float[Tensor, "batch key width"]:
        batch, new, width = items.shape
        if self._ground is None:
            self._ground = _Ground(items.new_empty(batch, new + self._room, width))
        begun, self.count = self.count, self.count + new
        view, self._link = _Add.apply(items, self._link, self._ground, begun)  # pyright: ignore[reportGeneralTypeIssues]
        return view


@final
class _Add(Function):
    """Write items, and give a view of all there are; and a link, which the next addition takes.

    By the links the additions go back in order, the last one first, each after the looks at its own view. A gradient
    at its link tells an addition that the next one has gone before it in this very pass; without, a pass begins here.
    """

    @staticmethod
    def forward(ctx: Any, items: Tensor, link: Tensor | None, ground: _Ground, begun: int) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.ground, ctx.begun, ctx.ended = ground, begun, begun + items.shape[1]
        ground.items[:, begun : ctx.ended] = items
        # `data`: what is written later, behind the view, must not count as a change of it.
        return ground.items.data[:, : ctx.ended], items.new_zeros(())

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, of_view: Tensor | None, of_link: Tensor | None
    ) -> tuple[Tensor | None, Tensor | None, None, None]:
        ground: _Ground = ctx.ground
        if of_link is None:
            ground.gradient = None if of_view is None else of_view.clone()
        elif of_view is not None and ground.gradient is not None:
            ground.gradient[:, : ctx.ended] += of_view
        if ground.gradient is None:
            return None, None, None, None
        of_items = ground.gradient[:, ctx.begun : ctx.ended].clone()
        if ctx.begun:
            return of_items, of_items.new_zeros(()), None, None
        ground.gradient = None
        return of_items, None, None, None
