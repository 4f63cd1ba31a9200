"""What tells a live map from a dead one: how undecided its rows are, and how far and in which order the look moves."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, final

import numpy as np

DEAD_MOVEMENT: Final = 0.05
"""Below it, the map is almost the same at every step."""


@final
class Liveliness(NamedTuple):
    """Means over all steps of some maps, and over the maps.

    Attributes:
        entropy: Of a row of weights, as a share of the largest that there could be: 0 looks at one place, 1 at all
            places alike.
        movement: The share of the weight that goes elsewhere from one step to the next: 0 for a map that is the same
            at every step.
        constant_entropy: The entropy that each map would have if it were constant: its mean row at every step. (The
            movement of such a map is 0.) A live map is more decided than its mean.
        monotonic: The share of the maps whose largest weight never goes back to an earlier place. (A dead map is
            monotonic, too.)
        maps: How many maps there were, of at least two steps and two places.
    """

    entropy: float
    movement: float
    constant_entropy: float
    monotonic: float
    maps: int

    @property
    def verdict(self) -> str | None:
        """What is wrong, in words; None where nothing is clearly wrong."""
        return "dead: almost the same map at every step" if self.movement < DEAD_MOVEMENT else None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {**self._asdict(), "verdict": self.verdict}


def liveliness(maps: Iterable[np.ndarray]) -> Liveliness | None:
    """Measure maps of (target, source); None where there is none that could move.

    Rows need not sum to 1: what counts is how they are spread. A row that looks nowhere is left out.

    Example:
        >>> found = liveliness([np.eye(3)])
        >>> found.entropy, found.movement, round(found.constant_entropy, 6)
        (0.0, 1.0, 1.0)
        >>> liveliness([np.ones((3, 2))]).verdict
        'dead: almost the same map at every step'
    """
    measured = [
        (entropy(shares), movement(shares), entropy(constant(shares)), np.array([never_goes_back(shares)]))
        for shares in map(_shares, maps)
        if min(shares.shape) > 1
    ]
    if not measured:
        return None
    decided, moved, constantly, ordered = (
        float(np.concatenate(figure).mean()) for figure in zip(*measured, strict=True)
    )
    return Liveliness(decided, moved, constantly, ordered, len(measured))


def entropy(weights: np.ndarray) -> np.ndarray:
    r"""How undecided each row is, as a share of the largest entropy: $-\sum_k w_k \ln w_k / \ln K$.

    Args:
        weights: (target, source), rows that sum to 1, of two places or more.

    Example:
        >>> entropy(np.array([[1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]])).tolist()
        [0.0, 0.5, 1.0]
    """
    logarithms = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    return np.abs((weights * logarithms).sum(1)) / np.log(weights.shape[1])


def movement(weights: np.ndarray) -> np.ndarray:
    r"""The share of the weight that each step has elsewhere than the one before: $\frac12 \sum_k |w_{tk} - w_{t-1,k}|$.

    Args:
        weights: (target, source), rows that sum to 1.

    Returns:
        One number less than there are rows: the total variation distance of neighbours.

    Example:
        >>> movement(np.array([[1.0, 0.0], [0.25, 0.75], [0.25, 0.75]])).tolist()
        [0.75, 0.0]
    """
    return np.abs(np.diff(weights, axis=0)).sum(1) / 2


def never_goes_back(weights: np.ndarray) -> bool:
    """Whether the largest weight of each step is at the same place as before, or at a later one.

    Of equal weights the first counts.

    Args:
        weights: (target, source).

    Example:
        >>> never_goes_back(np.eye(3)), never_goes_back(np.eye(3)[::-1])
        (True, False)
    """
    return bool((np.diff(weights.argmax(1)) >= 0).all())


def constant(weights: np.ndarray) -> np.ndarray:
    """The map that looks at every step as this one does in the mean: what a dead map would be."""
    return np.broadcast_to(weights.mean(0), weights.shape)


def _shares(weights: np.ndarray) -> np.ndarray:
    """Rows that sum to 1, but for those that look nowhere."""
    weights = weights.astype(np.float64)
    totals = weights.sum(1, keepdims=True)
    return weights[totals[:, 0] > 0] / totals[totals[:, 0] > 0]
