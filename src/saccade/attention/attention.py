"""A query looks at a memory: a score says how well each key matches, a selection makes weights of the scores."""

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from saccade.attention.memory import (
    Attended,
    Choice,
    Memory,
    Prepared,
    State,
    blank_masked,
    check_look,
    check_memory,
    check_state,
    joint_mask,
)
from saccade.attention.score import Score
from saccade.attention.selection import Selection
from saccade.errors import OptionError
from saccade.recording import Real, show


@final
class Attention(nn.Module):
    r"""Look at a memory: its values, summed by how well their keys match the query.

    $c_q = \sum_k \alpha_{qk} v_k, \quad \alpha_q = \text{selection}(\text{score}(q, k_1), \text{score}(q, k_2), …)$

    Args:
        score: How well a key matches a query.
        selection: How the scores become weights.

    Raises:
        OptionError: A selection that learns by reward, with a score that remembers.

    Example:
        >>> from saccade.attention.scores import Additive
        >>> from saccade.attention.selections import Soft
        >>> attention = Attention(Additive(d_query=8, d_key=6, d_score=5), Soft())
        >>> memory = Memory(keys=torch.zeros(2, 7, 6), values=torch.zeros(2, 7, 4))
        >>> prepared = attention.remember(memory)
        >>> attention(torch.zeros(2, 3, 8), prepared).context.shape
        torch.Size([2, 3, 4])

    Source:
        Bahdanau, Cho, Bengio 2015, arXiv:1409.0473, section 3.1; the split into score and selection is ours.
    """

    def __init__(self, score: Score, selection: Selection) -> None:
        super().__init__()
        if selection.is_rewarded and score.state_parts:
            raise OptionError(
                f"The score {type(score).__name__} depends on earlier looks, and looks that are drawn and rewarded are "
                "asked about all at once. Take a score that remembers nothing, such as `additive`, or another "
                "`estimator`."
            )
        self.score = score
        self.selection = selection
        self.d_query = score.d_query
        self.d_key = score.d_key

    @property
    def has_state(self) -> bool:
        """Whether a look depends on those before it: then looks go one by one."""
        return self.score.state_parts + self.selection.state_parts > 0

    def d_context(self, d_value: int) -> int:
        """Width of the context over values of this width: the same."""
        return d_value

    def remember(self, memory: Memory) -> Prepared:
        """Do once for a sequence what does not depend on the query.

        Masked keys and values are set to 0, so that nothing in them has influence, not even NaN.

        Raises:
            DataError: A wrong shape, width or type in the memory.
        """
        check_memory(memory, self.d_key)
        keys, values, mask, items = blank_masked(memory)
        return Prepared(self.score.prepare(keys), values, mask, items)

    def forward(
        self,
        query: Float[Tensor, "batch query d_query"],
        prepared: Prepared,
        state: State = None,
        mask: Bool[Tensor, "batch query key"] | None = None,
    ) -> Attended:
        """Look once for each query.

        Args:
            query: One query or many a sequence: the hypotheses of a beam, or, without a state, all steps of training.
            prepared: What `remember` gave.
            state: What the last look handed back; None at the first.
            mask: What each query may look at, within the memory's own mask; keys that it hides must be finite.

        Returns:
            Contexts in the precision of the values, weights in float32 or better. A query that may look at nothing
            has weights 0 and context 0.

        Raises:
            DataError: A wrong shape, width or type of the query, the state or the mask.
        """
        attended = self.look(query, prepared, state, mask)
        show(self, attended.weights, Real(keys=prepared.mask))
        return attended

    def look(
        self,
        query: Float[Tensor, "batch query d_query"],
        prepared: Prepared,
        state: State = None,
        mask: Bool[Tensor, "batch query key"] | None = None,
    ) -> Attended:
        """The same as `forward`, but shown to nobody: for a module that shows the weights itself."""
        check_look(query, prepared, mask, self.d_query)
        check_state(query, state)
        # One tuple for both: the score's part comes first.
        scored, selected = (state or ())[: self.score.state_parts], (state or ())[self.score.state_parts :]
        scores = self.score(query, prepared.keys, scored or None)
        weights, chosen = self.selection(scores, joint_mask(prepared.mask, mask), query, selected or None)
        context = torch.bmm(weights.to(prepared.values.dtype), prepared.values)
        noted = self.score.next_state(weights, scored or None)
        return Attended(context, weights, (*(noted or ()), *(chosen or ())) or None)

    def choice(
        self,
        query: Float[Tensor, "batch query d_query"],
        prepared: Prepared,
        weights: Float[Tensor, "batch query key"],
    ) -> Choice:
        """How likely looks were that were drawn, for a selection that `is_rewarded`; see `Selection.choice`.

        Args:
            query: What looked; many looks that were made one by one are asked about at once.
            prepared: What was looked at.
            weights: What was drawn.
        """
        return self.selection.choice(self.score(query, prepared.keys), joint_mask(prepared.mask, None), weights)
