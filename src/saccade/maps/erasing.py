"""Erase what a map says matters, or keep that alone, and see what becomes of the answer."""

import math
from collections.abc import Callable
from typing import Final, NamedTuple, final

import numpy as np
from jaxtyping import Bool, Float, Int

from saccade.errors import DataError, OptionError

Answer = Callable[[Bool[np.ndarray, "variant item"]], Float[np.ndarray, " variant"]]
"""How probable the answer is where only the items of each row that are True may be seen; how the others are erased (out
of the memory, by an unknown token, by a blur …) is its own affair, and has to be said with every figure."""

STEPS: Final = 10
"""At so many even shares of the items, and at none, a curve is known."""


@final
class Curves(NamedTuple):
    r"""What is left of an answer's probability while items go, or come, by their weight.

    Attributes:
        deletion: Probability after the heaviest share of the items is erased, at shares 0, 1/`STEPS` … 1.
        insertion: Probability while the heaviest share alone is there, at the same shares.
    """

    deletion: Float[np.ndarray, " share"]
    insertion: Float[np.ndarray, " share"]

    @property
    def comprehensiveness(self) -> float:
        r"""How much the heaviest items were needed: $\frac{1}{n} \sum_s p(x) - p(x \setminus s)$, higher is better.

        Source:
            DeYoung et al. 2020, arXiv:1911.03429, section 4.2.

        Differs:
            The mean is over even shares from 1/`STEPS` on; the paper's is over 1, 5, 10, 20 and 50 % of the tokens.
        """
        return float((self.deletion[0] - self.deletion[1:-1]).mean())

    @property
    def sufficiency(self) -> float:
        r"""How little the others were needed: $\frac{1}{n} \sum_s p(x) - p(s)$, lower is better.

        Source:
            DeYoung et al. 2020, arXiv:1911.03429, section 4.2.

        Differs:
            As in `comprehensiveness`.
        """
        return float((self.insertion[-1] - self.insertion[1:-1]).mean())

    @property
    def deletion_area(self) -> float:
        """Area under the deletion curve, lower is better.

        Source:
            Petsiuk, Das, Saenko 2018, arXiv:1806.07421, section 4.1.
        """
        return _area(self.deletion)

    @property
    def insertion_area(self) -> float:
        """Area under the insertion curve, higher is better.

        Source:
            Petsiuk, Das, Saenko 2018, arXiv:1806.07421, section 4.1.
        """
        return _area(self.insertion)


def curves(weights: Float[np.ndarray, " item"], answer: Answer) -> Curves:
    """Erase items from the heaviest on, and let them come in the same order.

    Args:
        weights: How much each item matters; of equal ones, the earlier goes first.
        answer: Is asked once, for all that is tried; for the same only once.

    Returns:
        Both curves, at `STEPS` + 1 even shares of the items; between whole numbers of items they are straight.

    Raises:
        DataError: No items, a weight that is no number, or not a probability for each row that was asked.

    Example:
        >>> needs_the_second = lambda seen: seen[:, 1].astype(float)
        >>> found = curves(np.array([0.1, 0.9]), needs_the_second)
        >>> found.deletion[:2].round(1).tolist(), found.insertion[5:].round(1).tolist(), found.deletion_area
        ([1.0, 0.8], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.25)
    """
    return curves_of([weights], answer)[0]


def curves_of(maps: list[Float[np.ndarray, " item"]], answer: Answer) -> list[Curves]:
    """The same for several maps of one example: what they ask is asked together, and what is the same once."""
    for weights in maps:
        if not len(weights) or not np.isfinite(weights).all():
            raise DataError(
                f"A map must weigh at least one item, by finite numbers, but is {weights.tolist()[:8]}. Look for an "
                "empty source, or for NaN in the weights."
            )
    asked = [_tried(weights) for weights in maps]
    different, place = np.unique(np.concatenate(asked), axis=0, return_inverse=True)
    said = answer(different)
    rows = len(different)
    if said.shape != (rows,) or not np.isfinite(said).all():
        raise DataError(
            f"An answer must be one finite probability for each of the {rows} rows that were asked, but is of shape "
            f"{said.shape}, or not finite. Give a number for each row."
        )
    everything = said.astype(np.float64)[place.reshape(-1)]
    parts = np.split(everything, np.cumsum([len(rows) for rows in asked])[:-1])
    items = [len(weights) for weights in maps]
    return [
        Curves(*(_at_even_shares(half, count) for half in np.split(part, 2)))
        for part, count in zip(parts, items, strict=True)
    ]


@final
class Remembered:
    """An answer that is asked for the same rows again, by another map, and computes them once.

    Args:
        answer: Whose answers are remembered.

    Example:
        >>> asked = []
        >>> answer = Remembered(lambda seen: asked.append(len(seen)) or seen.mean(axis=1))
        >>> answer(np.eye(2, dtype=bool)).tolist(), answer(np.eye(3, 2, dtype=bool)).tolist(), asked
        ([0.5, 0.5], [0.5, 0.5, 0.0], [2, 1])
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._said: dict[bytes, float] = {}

    def __call__(self, seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
        """Answer, as far as it was not asked before."""
        names = [row.tobytes() for row in np.packbits(seen, axis=1)]
        new = {name: place for place, name in enumerate(names) if name not in self._said}
        if new:
            said = self._answer(seen[list(new.values())])
            self._said |= dict(zip(new, said.tolist(), strict=True))
        return np.array([self._said[name] for name in names])


def _tried(weights: Float[np.ndarray, " item"]) -> Bool[np.ndarray, "variant item"]:
    """What is seen while the heaviest go, and then what is seen while they come."""
    rank = np.empty(len(weights), dtype=np.int64)
    rank[np.argsort(-weights, kind="stable")] = np.arange(len(weights))
    counts = _counts(len(weights))
    gone = rank[None, :] < counts[:, None]
    return np.concatenate([~gone, gone])


def _counts(items: int) -> Int[np.ndarray, " count"]:
    """How many items go at each step: every number of them, or, of many, `STEPS` even shares."""
    return np.unique(np.round(np.linspace(0, items, min(items, STEPS) + 1)).astype(np.int64))


def _at_even_shares(values: Float[np.ndarray, " count"], items: int) -> Float[np.ndarray, " share"]:
    return np.interp(np.linspace(0, 1, STEPS + 1), _counts(items) / items, values)


def _area(values: Float[np.ndarray, " share"]) -> float:
    return float(np.trapezoid(values, dx=1 / (len(values) - 1)))


def occlusion(items: int, answer: Answer) -> Float[np.ndarray, " item"]:
    """How much of the answer's probability each item takes with it when it alone is erased.

    Args:
        items: How many there are.
        answer: How probable the answer is where only some may be seen.

    Raises:
        OptionError: No items.

    Example:
        >>> occlusion(3, lambda seen: seen @ np.array([0.5, 0.25, 0.25])).tolist()
        [0.5, 0.25, 0.25]

    Source:
        Zeiler and Fergus 2014, arXiv:1311.2901, section 4.2; Li, Monroe, Jurafsky 2016, arXiv:1612.08220.
    """
    if items < 1:
        raise OptionError(f"`items` must be at least 1, but is {items}. There is nothing to erase.")
    said = answer(np.concatenate([np.ones((1, items), dtype=bool), ~np.eye(items, dtype=bool)]))
    return said[0] - said[1:]


def rank_correlation(first: Float[np.ndarray, " item"], second: Float[np.ndarray, " other"]) -> float:
    r"""How far two maps agree on what matters more: Spearman's $\rho$, of ranks; equal weights share their rank.

    Returns:
        From -1 to 1; NaN where one of them weighs all items alike, or there is one item.

    Raises:
        DataError: They weigh different items, or by what is no finite number.

    Example:
        >>> round(rank_correlation(np.array([0.1, 0.2, 0.7]), np.array([1.0, 9.0, 5.0])), 6)
        0.5

    Source:
        Spearman 1904; for maps: Jain and Wallace 2019, arXiv:1902.10186, which takes Kendall's.
    """
    if first.shape != second.shape:
        raise DataError(f"Maps that agree weigh the same items, but these have {len(first)} and {len(second)}.")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise DataError(
            "Maps that agree must weigh by finite numbers, but one has others. Look for NaN in the weights."
        )
    ranks = np.stack([_ranks(first), _ranks(second)])
    ranks -= ranks.mean(axis=1, keepdims=True)
    lengths = np.sqrt((ranks**2).sum(axis=1))
    return float(ranks[0] @ ranks[1] / (lengths[0] * lengths[1])) if lengths.all() else math.nan


def _ranks(values: Float[np.ndarray, " item"]) -> Float[np.ndarray, " item"]:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    return (ends - (count - 1) / 2)[place]
