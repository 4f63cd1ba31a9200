"""A recurrent network's own past, as a memory that grows by an item at each step."""

from collections.abc import Sequence
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from saccade.attention.attention import Attention
from saccade.attention.memory import Memory, Prepared
from saccade.errors import OptionError
from saccade.recording import is_recording, show


class Past(NamedTuple):
    """What a network knows of its steps so far: a tree of tensors with a row a sequence.

    Attributes:
        prepared: The states that it was in, to be looked at.
        summary: What the last look brought back of what was shown.
    """

    prepared: Prepared
    summary: Float[Tensor, "row d_state"]


@final
class History(nn.Module):
    r"""Look at all earlier states before a step, which then starts from their weighted mean instead of from the last.

    $[\tilde h_t; \tilde c_t] = \sum_{i<t} \alpha_{ti} [h_i; c_i], \quad
    \alpha_t = \text{selection}_{i<t}(\text{score}([x_t; \tilde h_{t-1}], h_i))$

    With the additive score $v^\top \tanh(W_x x_t + W_{\tilde h} \tilde h_{t-1} + W_h h_i)$, as in the paper. The query
    is the step's input beside what the last look brought back; the keys are what was shown; all tensors of a state
    are weighed alike. Before the first state there is nothing to be seen, and the step starts from zeros.

    Nothing of a sequence is kept here: the past is handed in and handed back, so that a search may reorder it. What
    is looked up is a state, so all of this is as exact as what lies between the products of a recurrence.

    Args:
        attention: Looks with queries as wide as input and state together, at keys as wide as the state.

    Raises:
        OptionError: An attention that remembers, or that is rewarded for its looks.

    Example:
        >>> from saccade.attention.scores import Additive
        >>> from saccade.attention.selections import Soft
        >>> history = History(Attention(Additive(d_query=3 + 5, d_key=5), Soft()))
        >>> shown, kept = torch.zeros(2, 5), torch.ones(2, 5)
        >>> past = Past(history.remember((shown, kept)), summary=shown)
        >>> (shown, kept), weights = history(torch.zeros(2, 3), past)
        >>> kept[0], weights.shape
        (tensor([1., 1., 1., 1., 1.], grad_fn=...), torch.Size([2, 1, 1]))

    Source:
        Cheng, Dong, Lapata 2016, arXiv:1601.06733, section 3.2, equations 4 to 6.

    Differs:
        The paper has it for the LSTM; here the same rule serves any cell, the state of which is then $h$ alone. Any
        score that takes queries and keys of different widths, and any selection, so long as they remember nothing.
    """

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        _check(attention)
        self.attention = attention

    def forward(
        self, inputs: Float[Tensor, "row d_input"], past: Past
    ) -> tuple[tuple[Float[Tensor, "row d_state"], ...], Float[Tensor, "row 1 step"]]:
        """Look once in each sequence, before it takes the next step.

        Args:
            inputs: What the step reads.
            past: The states so far, and what the last look brought back of them.

        Returns:
            The state that the step starts from; and how much each earlier one is in it.
        """
        with torch.autocast(inputs.device.type, enabled=False):
            query = torch.cat([inputs.to(past.summary.dtype), past.summary], dim=-1)
            attended = self.attention.look(query[:, None], past.prepared)
        return attended.context[:, 0].split(past.summary.shape[-1], dim=-1), attended.weights

    def remember(
        self, state: tuple[Float[Tensor, "row d_state"], ...], real: Bool[Tensor, "row 1"] | None = None
    ) -> Prepared:
        """What can be looked at of one state.

        Args:
            state: What the network is in after a step; the first of its tensors is what it shows.
            real: In which sequences there was a step; None: in all.
        """
        keys = state[0][:, None]
        with torch.autocast(keys.device.type, enabled=False):
            return self.attention.remember(Memory(keys, torch.cat(state, dim=-1)[:, None], real))

    def show(self, looks: Sequence[Float[Tensor, "row 1 _"]], *, backwards: bool = False) -> None:
        """Hand all looks of a run to whoever records, as one map (row, query, key).

        Args:
            looks: The weights of each step, each having seen one state more than the last.
            backwards: Whether the run began at the end of the text, by whose order a map goes.
        """
        if is_recording():
            keys = max(len(looks), looks[-1].shape[-1])
            weights = torch.cat([functional.pad(look, (0, keys - look.shape[-1])) for look in looks], dim=1)
            show(self, weights.flip(1, 2) if backwards else weights)


def _check(attention: Attention) -> None:
    score, selection = attention.score, attention.selection
    for name, part in (("score", score), ("selection", selection)):
        if part.state_parts:
            raise OptionError(
                f"`history.{name}` is {type(part).__name__}, which depends on earlier looks, but between two looks "
                "at its own past a network has one state more. Take one that remembers nothing, such as "
                f"`{'additive' if name == 'score' else 'soft'}`."
            )
    if selection.is_rewarded:
        raise OptionError(
            f"`history.selection` is {type(selection).__name__} with `estimator: reinforce`, but only looks at the "
            "source are rewarded. Take another `estimator`, or another selection."
        )
