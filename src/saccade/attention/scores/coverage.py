"""Coverage score: additive, and it sees how much was looked at each key so far."""

from typing import ClassVar, final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention.fused.tanh_scores import make_v, prepare_keys, tanh_scores_with
from saccade.attention.memory import State
from saccade.attention.score import Score
from saccade.checks import check_positive
from saccade.errors import OptionError


@final
class Coverage(Score):
    r"""Score each key by a small network of query, key, and the sum of the key's weights so far.

    $e_{tk} = v^\top \tanh(W q_t + U k + w_c\, c_{tk} + b), \quad c_{tk} = \sum_{t' < t} \alpha_{t'k} / \Phi_k$

    So it can learn to leave alone what was looked at already, and to leave nothing out. $\Phi_k = 1$, or, with a
    `fertility` N, $\Phi_k = N \sigma(u^\top k + b_\Phi)$: how many looks the key is likely to need.

    Args:
        d_query: Width of a query.
        d_key: Width of a key.
        d_score: Width of the scoring layer; None: as wide as a query.
        fertility: N, the most looks that a key may need, above 0; None: one look each.

    Raises:
        OptionError: A size below 1, a fertility that is not above 0.

    Example:
        >>> score = Coverage(d_query=8, d_key=6, d_score=5)
        >>> keys = score.prepare(torch.zeros(2, 7, 6))
        >>> score(torch.zeros(2, 1, 8), keys, (torch.ones(2, 1, 7),)).shape
        torch.Size([2, 1, 7])

    Source:
        Tu, Lu, Liu, Liu, Li 2016, arXiv:1601.04811, sections 3.1 and 3.2: linguistic coverage, with its fertility;
        See, Liu, Manning 2017, arXiv:1704.04368, equations 10 and 11: the same without fertility.

    Differs:
        See et al. train it with a further loss, which goes with any score: `model.attention.coverage_loss`.
    """

    state_parts: ClassVar[int] = 1

    def __init__(self, d_query: int, d_key: int, d_score: int | None = None, *, fertility: float | None = None) -> None:
        super().__init__(d_query, d_key)
        d_score = d_query if d_score is None else d_score
        check_positive(d_score=d_score)
        if fertility is not None and not 0 < fertility < float("inf"):
            raise OptionError(
                f"`fertility` must be a number above 0, but is {fertility}. 2 is usual; left out, it is one look."
            )
        self.fertility = fertility
        self.project_query = nn.Linear(d_query, d_score)
        self.project_key = nn.Linear(d_key, d_score, bias=False)
        self.project_fertility = None if fertility is None else nn.Linear(d_key, 1)
        self.w_coverage, self.v = make_v(d_score), make_v(d_score)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_prepared"]:
        """Project the keys; their fertility is one column more."""
        projected = prepare_keys(self.project_key(keys))
        if self.project_fertility is None or self.fertility is None:
            return projected
        return torch.cat([projected, self.fertility * self.project_fertility(keys).to(projected.dtype).sigmoid()], -1)

    def forward(
        self,
        query: Float[Tensor, "batch query d_query"],
        keys: Float[Tensor, "batch key d_prepared"],
        state: State = None,
    ) -> Float[Tensor, "batch query key"]:
        """Add how much was looked at each key to query and key."""
        covered = keys.new_zeros(*query.shape[:2], keys.shape[1]) if state is None else state[0]
        if self.project_fertility is not None:
            keys, fertility = keys[..., :-1], keys[..., -1]
            covered = covered / fertility.unsqueeze(1)
        return tanh_scores_with(self.project_query(query), keys, covered.unsqueeze(-1) * self.w_coverage, self.v)

    def next_state(self, weights: Float[Tensor, "batch query key"], state: State) -> State:
        """The sum of all weights so far."""
        return (weights if state is None else state[0] + weights,)
