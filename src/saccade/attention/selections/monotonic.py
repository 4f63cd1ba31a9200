"""Monotonic: walk over the keys from left to right, never back, and stop where one is chosen."""

from typing import ClassVar, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import pad

from saccade.attention.memory import State
from saccade.attention.selection import Selection
from saccade.errors import OptionError


@final
class Monotonic(Selection):
    r"""Look at one key, found by walking on from the last one; learn from the expectation over all walks.

    $\alpha_{tk} = p_{tk} \sum_{j \le k} \alpha_{t-1,j} \prod_{l=j}^{k-1} (1 - p_{tl}), \quad
    p_{tk} = \sigma(e_{tk} + r + \epsilon)$

    The walk stops at key k with probability $p_{tk}$, and otherwise goes on. The weights are the probabilities of
    where it stops. It may pass the last key without stopping: then nothing is looked at, now and at all later looks,
    so weights need not sum to 1. When not in training, a key is chosen where p is above 1/2, and the weights are 0
    and 1.

    Args:
        offset: r, where it starts; it is learnt. At 0 an untaught walk goes on by one key a look, which suits a source
            as long as its output; the longer sources are, the further below 0 it should be.
        noise: Standard deviation of ε, drawn in training only; it teaches scores to be far from 0, so that little
            changes when choices become hard. At least 0.

    Raises:
        OptionError: A noise below 0.

    Example:
        >>> select, query = Monotonic().eval(), torch.zeros(1, 1, 2)
        >>> _, state = select(torch.tensor([[[-1.0, 2.0, 3.0, -1.0]]]), None, query, None)
        >>> weights, state = select(torch.tensor([[[5.0, -2.0, 3.0, 1.0]]]), None, query, state)
        >>> weights
        tensor([[[0., 0., 1., 0.]]])

    Source:
        Raffel, Luong, Liu, Weiss, Eck 2017, arXiv:1704.00784, equations 8 to 11, algorithm 1, sections 2.4 and 2.5.

    Differs:
        The recurrence is unrolled by doubling, with products of numbers from 0 to 1 only; the paper's parallel form
        divides by such products, and must bound them. Any score may serve; the paper normalises an additive one. The
        hard walk is the same recurrence with p rounded, so a lost walk stays lost in both.
    """

    state_parts: ClassVar[int] = 1

    def __init__(self, offset: float = 0.0, noise: float = 1.0) -> None:
        super().__init__()
        if not 0 <= noise < float("inf"):
            raise OptionError(f"`noise` must be a number of at least 0, but is {noise}. 1 is usual, 0 is none.")
        self.offset = nn.Parameter(torch.tensor(float(offset)))
        self.noise = noise

    def forward(
        self,
        scores: Float[Tensor, "batch query key"],
        mask: Bool[Tensor, "batch #query key"] | None,
        query: Float[Tensor, "batch query d_query"],
        state: State,
    ) -> tuple[Float[Tensor, "batch query key"], State]:
        """Walk on over the keys that the mask allows; the state is the last weights."""
        choice = self._choice(scores, mask)
        if state is None:  # the first walk starts at the first key
            before = torch.zeros_like(choice)
            before[..., 0] = 1
        else:
            before = state[0]
        weights = choice * arriving(before, 1 - choice)
        return weights, (weights,)

    def _choice(self, scores: Tensor, mask: Tensor | None) -> Float[Tensor, "batch query key"]:
        """How likely a walk that comes to a key stops there."""
        scores = scores.to(torch.promote_types(scores.dtype, torch.float32)) + self.offset
        if mask is not None:
            scores = torch.where(mask, scores, torch.finfo(scores.dtype).min)
        if not self.training:
            return (scores > 0).to(scores.dtype)
        return (scores + self.noise * torch.randn_like(scores) if self.noise else scores).sigmoid()


def arriving(
    before: Float[Tensor, "batch query key"], passing: Float[Tensor, "batch query key"]
) -> Float[Tensor, "batch query key"]:
    r"""How likely a walk comes to each key: $q_k = a_k + (1 - p_{k-1}) q_{k-1}$.

    After a round with distance d, what began up to 2d - 1 keys to the left has arrived: log2(keys) rounds in all.

    Args:
        before: a, how likely the walk starts at each key.
        passing: 1 - p, how likely it goes on from each key, if it comes there.
    """
    arrived, kept, distance = before, pad(passing[..., :-1], (1, 0)), 1
    while distance < before.shape[-1]:
        arrived = arrived + kept * pad(arrived[..., :-distance], (distance, 0))
        kept = kept * pad(kept[..., :-distance], (distance, 0))
        distance *= 2
    return arrived
