"""Whether two models looked at the same, while the same was written."""

from collections.abc import Iterable

import numpy as np

NOWHERE = -1


def looked_at(weights: np.ndarray) -> np.ndarray:
    """The place with the largest weight of each row, the first of equal ones; -1 where a row looks nowhere.

    Args:
        weights: (target, source), at least 0.

    Example:
        >>> looked_at(np.array([[0.25, 0.75], [0.5, 0.5], [0.0, 0.0]])).tolist()
        [1, 0, -1]
    """
    return np.where(weights.any(1), weights.argmax(1), NOWHERE)


def agreement(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> float | None:
    r"""How often two models have their largest weight at the same place: the share of all steps of all their maps.

    $\frac1T \sum_t [\arg\max_k v_{tk} = \arg\max_k w_{tk}]$

    It asks where, and not how decidedly: so hard looks can be held to soft ones. Two models that look at random among
    $K$ places agree in $1 / K$ of the steps.

    Args:
        pairs: What the one and the other `looked_at` in the same sentence, while the same target was written.

    Returns:
        From 0 to 1; None where there are no steps.

    Example:
        >>> agreement([(looked_at(np.eye(3)), looked_at(np.eye(3)[[0, 1, 1]]))])
        0.6666666666666666
    """
    same = [one == other for one, other in pairs]
    steps = np.concatenate(same) if same else np.empty(0)
    return float(steps.mean()) if len(steps) else None
