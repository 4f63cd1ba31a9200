"""Trees of tensors with a row each: what a decoder remembers and hands on, selected row by row."""

from typing import Any, TypeVar, cast

import torch
from jaxtyping import Int
from torch import Tensor

from saccade.errors import OptionError

Tree = Tensor | tuple[Any, ...] | None
AnyTree = TypeVar("AnyTree")


def reorder(tree: AnyTree, rows: Int[Tensor, " new_row"]) -> AnyTree:
    """Select rows of every tensor of a tree.

    Args:
        tree: Tuples and named tuples, nested at will, of tensors with a row each, and None.
        rows: The row that each new row comes from; it may occur often or never.

    Returns:
        A tree of the same make.

    Raises:
        OptionError: Where something else is found in the tree.

    Example:
        >>> reorder((torch.tensor([3, 5]), None), torch.tensor([1, 1, 0]))
        (tensor([5, 5, 3]), None)
    """
    if tree is None:
        return tree
    if isinstance(tree, Tensor):
        return cast(AnyTree, tree.index_select(0, rows))
    if isinstance(tree, tuple):
        parts = [reorder(part, rows) for part in tree]
        return cast(AnyTree, type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts))
    raise OptionError(
        f"`state` holds a {type(tree).__name__}, which cannot be reordered. "
        "Allowed: tensors with a row each, tuples, named tuples and None. Put it into one of these."
    )


def device_of(tree: Tree) -> torch.device:
    """The device of the first tensor of a tree, the CPU where there is none."""
    first = _first(tree)
    return torch.device("cpu") if first is None else first.device


def count_rows(tree: Tree) -> int:
    """How many rows the tensors of a tree have.

    Example:
        >>> count_rows(((), (None, torch.zeros(3, 0))))
        3
    """
    first = _first(tree)
    return 0 if first is None else len(first)


def _first(tree: Tree) -> Tensor | None:
    if isinstance(tree, Tensor):
        return tree
    return next((first for part in tree or () if (first := _first(part)) is not None), None)
