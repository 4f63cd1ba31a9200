"""What tells a live map from a dead one: how undecided its rows are, and how far and in which order the look moves.

A map may be dead in two ways: it is the same at every step, or the same for every input.
"""

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple, final

import numpy as np
from jaxtyping import Float

DEAD_MOVEMENT: Final = 0.05
"""Below it, the map is almost the same at every step, or for every input."""
SHARES: Final = 10
"""Maps of different sizes are compared at so many even shares of either side."""
_SAME_STEP: Final = "dead: almost the same map at every step"
_SAME_INPUT: Final = "dead: almost the same map for every input"


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
        between: The share of the weight that is elsewhere for the next input, at the same step and place, see
            `moved_between`; None where there is one map.
    """

    entropy: float
    movement: float
    constant_entropy: float
    monotonic: float
    maps: int
    between: float | None = None

    @property
    def verdict(self) -> str | None:
        """What is wrong, in words; None where nothing is clearly wrong."""
        wrong = [_SAME_STEP] if self.movement < DEAD_MOVEMENT else []
        wrong += [_SAME_INPUT] if self.between is not None and self.between < DEAD_MOVEMENT else []
        return "; ".join(wrong) or None

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
    measured, between, before = [], [], None
    for shares in map(_shares, maps):
        if min(shares.shape) > 1:
            ordered = np.array([never_goes_back(shares)])
            measured.append((entropy(shares), movement(shares), entropy(constant(shares)), ordered))
            between += [] if before is None else [moved_between(before, shares)]
            before = shares
    if not measured:
        return None
    decided, moved, constantly, ordered = (
        float(np.concatenate(figure).mean()) for figure in zip(*measured, strict=True)
    )
    elsewhere = float(np.mean(between)) if between else None
    return Liveliness(decided, moved, constantly, ordered, len(measured), elsewhere)


@final
class InputLiveliness(NamedTuple):
    """Means over the maps of one layer, one for each input, as of a gate or of a label's look.

    Attributes:
        entropy: Of a map, as a share of the largest that there could be: 0 is all at one place, 1 all alike.
        between: How far it is another one for the next input, see `moved_between`: 0 for a map that is always the same.
        maps: How many maps there were, of at least two places.
    """

    entropy: float
    between: float
    maps: int

    @property
    def verdict(self) -> str | None:
        """What is wrong, in words; None where nothing is clearly wrong."""
        return _SAME_INPUT if self.between < DEAD_MOVEMENT else None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {**self._asdict(), "verdict": self.verdict}


def input_figures(maps: Iterable[np.ndarray]) -> Float[np.ndarray, "map 2"]:
    """The entropy of each map, and how far it has moved from the one before it: what `input_liveliness` takes.

    Args:
        maps: One for each input, or an array of them, whatever axes they have.

    Returns:
        NaN where there is none before it, or nothing to be undecided between.
    """
    flat = [np.abs(one.astype(np.float64)).reshape(1, -1) for one in maps]
    moved = [np.nan, *(moved_between(first, second) for first, second in itertools.pairwise(flat))]
    undecided = [entropy(one / one.sum())[0] if one.size > 1 and one.sum() > 0 else np.nan for one in flat]
    return np.stack([undecided, moved[: len(flat)]], axis=1)


def input_liveliness(parts: Sequence[Float[np.ndarray, "_map 2"]]) -> InputLiveliness | None:
    """Put together what `input_figures` gave, batch by batch; None where no map could move.

    Example:
        >>> found = input_liveliness([input_figures(np.eye(3)), input_figures([np.ones(2) / 2, np.ones(3) / 3])])
        >>> round(found.entropy, 6), round(found.between, 6), found.maps
        (0.4, 0.666667, 5)
    """
    undecided, moved = np.concatenate(parts).T
    counted = ~np.isnan(undecided)
    if not counted.any() or np.isnan(moved).all():
        return None
    return InputLiveliness(float(undecided[counted].mean()), float(np.nanmean(moved)), int(counted.sum()))


def moved_between(first: np.ndarray, second: np.ndarray) -> float:
    r"""How far two maps differ, as a mean over their rows: $\sum_k |w_k - v_k| / \sum_k (|w_k| + |v_k|)$.

    For rows that sum to 1 it is the share of the weight that lies elsewhere; for those of a gate it also counts how far
    it is open. Maps of different sizes are spread over `SHARES` even shares of their steps and places before.

    Args:
        first: Of (target, source).
        second: Of another input.

    Returns:
        From 0, the same, to 1, nothing at the same place.

    Example:
        >>> moved_between(np.eye(2), np.eye(2)[::-1]), moved_between(np.ones((2, 4)) / 4, np.ones((3, 5)) / 5)
        (1.0, 0.0)
    """
    if first.shape != second.shape:
        first, second = _at_even_shares(first), _at_even_shares(second)
    different, there = np.abs(first - second).sum(1), (np.abs(first) + np.abs(second)).sum(1)
    return float(np.round(np.divide(different, there, out=np.zeros_like(different), where=there > 0).mean(), 12))


def _at_even_shares(weights: np.ndarray) -> np.ndarray:
    """The same map with `SHARES` steps and places: the weight of a place is shared out over those that it overlaps."""
    steps = (np.arange(SHARES) + 0.5) * len(weights) / SHARES
    edges = np.linspace(0, weights.shape[1], SHARES + 1)
    up_to = np.concatenate([np.zeros((len(weights), 1)), np.cumsum(weights, axis=1)], axis=1)
    return np.stack([np.diff(np.interp(edges, np.arange(up_to.shape[1]), row)) for row in up_to])[steps.astype(int)]


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
