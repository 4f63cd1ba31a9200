"""How a look moves on from step to step, never back: distributions over positions, in log space."""

from abc import ABC, abstractmethod
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from saccade.decoders.emissions import NEVER


class Moves(ABC):
    """Where a look may go from where it was, for each step of some rows."""

    @abstractmethod
    def after(self, before: Float[Tensor, "row key"], step: int) -> Float[Tensor, "row key"]:
        r"""Log-probability of each position at a step, from that at the step before.

        $\log \sum_j p(a_{t-1} = j)\, p(a_t = k \mid a_{t-1} = j)$, for all $k$.
        """


@final
class FreeMoves(Moves):
    r"""Go anywhere but back: order 0.

    $p(a_t = k \mid a_{t-1} = j) = [k \ge j]\, \alpha_{tk} / \sum_{i \ge j} \alpha_{ti}$

    Args:
        shares: $\log \alpha$, `NEVER` for a position that may not be looked at.
    """

    def __init__(self, shares: Float[Tensor, "row query key"]) -> None:
        self.shares, self.possible = shares, shares > NEVER / 2
        self.ahead = shares.flip(-1).logcumsumexp(-1).flip(-1)

    def after(self, before: Float[Tensor, "row key"], step: int) -> Float[Tensor, "row key"]:
        possible = self.possible[:, step]
        left = torch.where(possible, before - self.ahead[:, step], NEVER)
        return torch.where(possible, self.shares[:, step] + left.logcumsumexp(-1), NEVER)


@final
class ShortMoves(Moves):
    r"""Stay, or go a few positions ahead, some more readily than others: order 1.

    $p(a_t = k \mid a_{t-1} = j) \propto \alpha_{tk} \exp(m_{tj,k-j})$ for $k = j, …, j + \text{reach}$

    Args:
        shares: $\log \alpha$, `NEVER` for a position that may not be looked at.
        readiness: $m$, for each position and each move from it.
    """

    def __init__(self, shares: Float[Tensor, "row query key"], readiness: Float[Tensor, "row query key move"]) -> None:
        self.moves = readiness.shape[-1]
        there = functional.pad(shares, (0, self.moves - 1), value=NEVER).unfold(-1, self.moves, 1)
        from_here = (there + readiness).log_softmax(-1)
        keys = shares.shape[-1]
        # The same by the position that a move leads to: entry d of position k is the move from k - d.
        into = [functional.pad(from_here[..., d], (d, 0), value=NEVER)[..., :keys] for d in range(self.moves)]
        self.into = torch.stack(into, -1)

    def after(self, before: Float[Tensor, "row key"], step: int) -> Float[Tensor, "row key"]:
        earlier = functional.pad(before, (self.moves - 1, 0), value=NEVER).unfold(-1, self.moves, 1).flip(-1)
        return (earlier + self.into[:, step]).logsumexp(-1)


def first_position(shares: Float[Tensor, "row query key"]) -> Float[Tensor, "row key"]:
    """Be at the first position that may be looked at: where a look is before the first step."""
    possible = shares[:, 0] > NEVER / 2
    first = possible & (possible.cumsum(-1) == 1)
    return torch.where(first, torch.zeros_like(shares[:, 0]), NEVER)
