"""What a search asks of a model: one step of writing, over a tree of states that it never looks into."""

from typing import Any, NamedTuple, Protocol, final, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor

from saccade.tree import Tree


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
