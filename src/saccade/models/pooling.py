"""From a memory to one vector: what a classifier decides by."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.attention import SCORES, SELECTIONS, Attention, Score, Selection
from saccade.attention.selections import make_selection
from saccade.checks import check_known
from saccade.encoders import Encoded
from saccade.errors import OptionError


class Pooling(nn.Module, ABC):
    """Make one vector of what was read, as wide as an item of its memory.

    Args:
        d_memory: Width of an item.
    """

    def __init__(self, d_memory: int) -> None:
        super().__init__()
        self.d_memory = d_memory

    @abstractmethod
    def forward(self, encoded: Encoded) -> Float[Tensor, "batch d_memory"]:
        """Make one vector for each image or text."""


@final
class Mean(Pooling):
    r"""Take the mean of the values that may be looked at: every place counts alike.

    $c = \frac{1}{K} \sum_k v_k$

    Example:
        >>> from saccade.attention import Memory
        >>> items = torch.tensor([[[1.0, 5.0], [3.0, 7.0]]])
        >>> Mean(2)(Encoded(Memory(items, items), ()))
        tensor([[2., 6.]])

    Source:
        Lin, Chen, Yan 2014, arXiv:1312.4400, section 3.2.
    """

    def forward(self, encoded: Encoded) -> Float[Tensor, "batch d_memory"]:
        values, mask = encoded.memory.values, encoded.memory.mask
        if mask is None:
            return values.mean(dim=1)
        kept = torch.where(mask[..., None], values, 0.0)
        return kept.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)


@final
class AttentionPooling(Pooling):
    r"""Look at the memory once, with a query that is learnt and the same for all images or texts.

    $c = \sum_k \alpha_k v_k, \quad \alpha = \text{selection}(\text{score}(q, k_1), \text{score}(q, k_2), …)$

    The attention shows its weights (batch, query, key), with one query, to whoever records.

    Args:
        d_memory: Width of an item.
        score: A name in `SCORES`.
        selection: A name in `SELECTIONS`: `soft` sums the values by their weights, `hard` takes one.
        d_query: Width of the query, with scores that take any; None: `d_memory`.

    Raises:
        OptionError: A score or a selection that there is not, or that needs looks before it; a width that does not
            fit the score.

    Example:
        >>> from saccade.attention import Memory
        >>> items = torch.zeros(2, 7, 5)
        >>> AttentionPooling(5, selection="hard")(Encoded(Memory(items, items), ())).shape
        torch.Size([2, 5])

    Source:
        Yang et al. 2016, NAACL, "Hierarchical Attention Networks", equations 5 to 7: additive, over words.

    Differs:
        Any score and any selection; values as they are, keys projected by the score alone.
    """

    def __init__(
        self, d_memory: int, *, score: str = "additive", selection: str = "soft", d_query: int | None = None
    ) -> None:
        super().__init__(d_memory)
        _check_looks_once("pooling.score", score, SCORES)
        _check_looks_once("pooling.selection", selection, SELECTIONS)
        d_query = d_memory if d_query is None else d_query
        self.attention = Attention(SCORES[score](d_query=d_query, d_key=d_memory), make_selection(selection, d_query))
        self.query = nn.Parameter(torch.randn(d_query) * d_query**-0.5)

    def forward(self, encoded: Encoded) -> Float[Tensor, "batch d_memory"]:
        prepared = self.attention.remember(encoded.memory)
        query = self.query.expand(len(prepared.keys), 1, -1)
        return self.attention(query, prepared).context[:, 0]


def _check_looks_once(name: str, kind: str, table: Mapping[str, type[Score] | type[Selection]]) -> None:
    """Refuse what is not in the table, and what depends on looks before."""
    check_known(name, kind, table)
    if table[kind].state_parts:
        serving = ", ".join(f"`{other}`" for other, part in table.items() if not part.state_parts)
        raise OptionError(
            f"`{name}` is {kind!r}, which depends on earlier looks, but a pooling looks once. Take one of {serving}."
        )


@final
class ClassToken(Pooling):
    """Take the item that looked along without being at a place: see `Patches`.

    Source:
        Dosovitskiy et al. 2021, arXiv:2010.11929, section 3.1.
    """

    def forward(self, encoded: Encoded) -> Float[Tensor, "batch d_memory"]:
        return encoded.states[-1][0]


POOLINGS: dict[str, type[Pooling]] = {"attention": AttentionPooling, "class-token": ClassToken, "mean": Mean}
"""Poolings by name."""
