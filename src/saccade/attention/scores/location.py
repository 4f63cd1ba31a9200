"""Location-aware score: additive, and it sees where the last look fell."""

from typing import ClassVar, final

from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention.fused.tanh_scores import make_v, prepare_keys, tanh_scores_with
from saccade.attention.memory import State
from saccade.attention.score import Score
from saccade.checks import check_positive
from saccade.errors import OptionError


@final
class Location(Score):
    r"""Score each key by a small network of query, key, and the last weights around the key.

    $e_{tk} = v^\top \tanh(W q_t + V k + U f_{tk} + b), \quad f_t = F * \alpha_{t-1}$

    The convolution lets it learn to look on from where it looked: a little further to the right, say.

    Args:
        d_query: Width of a query.
        d_key: Width of a key.
        d_score: Width of the scoring layer; None: as wide as a query.
        filters: How many filters run over the last weights: rows of F.
        reach: How far a filter reaches to either side of a key, so that it is 2 · reach + 1 wide.

    Raises:
        OptionError: A size below 1.

    Example:
        >>> import torch
        >>> score = Location(d_query=8, d_key=6, d_score=5)
        >>> keys = score.prepare(torch.zeros(2, 7, 6))
        >>> score(torch.zeros(2, 1, 8), keys, (torch.full((2, 1, 7), 1 / 7),)).shape
        torch.Size([2, 1, 7])

    Source:
        Chorowski, Bahdanau, Serdyuk, Cho, Bengio 2015, arXiv:1506.07503, section 2.1, equations 8 and 9.

    Differs:
        Before the first look, the last weights are 0. The paper's filters, for speech, are 201 wide.
    """

    state_parts: ClassVar[int] = 1

    def __init__(
        self, d_query: int, d_key: int, d_score: int | None = None, *, filters: int = 10, reach: int = 5
    ) -> None:
        super().__init__(d_query, d_key)
        d_score = d_query if d_score is None else d_score
        check_positive(d_score=d_score)
        for name, size in (("filters", filters), ("reach", reach)):
            if size < 1:
                raise OptionError(
                    f"`{name}` must be at least 1, but is {size}. So many `filters` run over the last weights, each of "
                    "which reaches `reach` keys to either side."
                )
        self.project_query = nn.Linear(d_query, d_score)
        self.project_key = nn.Linear(d_key, d_score, bias=False)
        self.filters = nn.Conv1d(1, filters, 2 * reach + 1, padding=reach, bias=False)
        self.project_features = nn.Linear(filters, d_score, bias=False)
        self.v = make_v(d_score)

    def prepare(self, keys: Float[Tensor, "batch key d_key"]) -> Float[Tensor, "batch key d_score"]:
        """Project the keys."""
        return prepare_keys(self.project_key(keys))

    def forward(
        self, query: Float[Tensor, "batch query d_query"], keys: Float[Tensor, "batch key d_score"], state: State = None
    ) -> Float[Tensor, "batch query key"]:
        """Filter the last weights, and add what is found to query and key."""
        batch, queries, _ = query.shape
        last = query.new_zeros(batch, queries, keys.shape[1]) if state is None else state[0].to(query.dtype)
        features = self.filters(last.flatten(0, 1).unsqueeze(1)).mT.unflatten(0, (batch, queries))
        return tanh_scores_with(self.project_query(query), keys, self.project_features(features), self.v)

    def next_state(self, weights: Float[Tensor, "batch query key"], state: State) -> State:
        """The last weights."""
        return (weights,)
