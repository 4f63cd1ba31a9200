"""What a search asks of a model: one step of writing, over a tree of states that it never looks into."""

from typing import Any, NamedTuple, Protocol, TypeVar, cast, final, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from saccade.errors import OptionError

Tree = Tensor | tuple[Any, ...] | None
AnyTree = TypeVar("AnyTree")


@final
class StepOutput(NamedTuple):
    """What one step yields for each row.

    Args:
        log_probs: Log-probability of each next token, normalised (at most 0). The search only reads it.
        state: What the next step needs: a tree of tuples, named tuples, None and tensors with a row each.
        weights: Where each row looked in its source; None for a model that does not look.
    """

    log_probs: Float[Tensor, "row vocab"]
    state: Tree
    weights: Float[Tensor, "row key"] | None


@runtime_checkable
class Step(Protocol):
    """A model that has read its sources and writes one token a call.

    Rows are sentence-major: row = sentence · hypotheses + k, with the same number of hypotheses for every sentence in
    one call, one in the first call. So a step finds a row's sentence as `row // (rows // sentences)`. Nothing that
    belongs to a hypothesis may be kept on the step: it goes into the state, which the search reorders.
    """

    @property
    def sentences(self) -> int:
        """How many sentences were read."""
        ...

    def start(self) -> Tree:
        """The state before the first token, a row a sentence."""
        ...

    def __call__(self, tokens: Int[Tensor, " row"], state: Any, /) -> StepOutput:
        """Take in the last token of each row and weigh the next one."""
        ...

    def keep(self, sentences: Int[Tensor, " kept"], /) -> "Step":
        """The same step over some of its sentences, by their present numbers: the others have ended."""
        ...


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
    if isinstance(tree, Tensor):
        return tree.device
    devices = (device_of(part) for part in tree or () if part is not None)
    return next(devices, torch.device("cpu"))
