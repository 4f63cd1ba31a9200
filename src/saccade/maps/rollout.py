"""Attention rolled out: how much of each input reaches each output through all layers."""

from collections.abc import Sequence

import numpy as np

from saccade.errors import DataError
from saccade.maps.alignment import AttentionMap
from saccade.maps.image_map import EXAMPLE, averaged

_KEPT = (EXAMPLE, "query", "key")


def rolled_out(layers: Sequence[AttentionMap], layer: str = "rollout") -> AttentionMap:
    r"""Follow self-attention through its layers, half of each item staying where it is.

    $\tilde A = A_L A_{L-1} \cdots A_1, \quad A_l = \tfrac12 \bar W_l + \tfrac12 I$, rows made to sum to 1, with
    $\bar W_l$ the mean over the heads of layer $l$.

    Args:
        layers: Maps of (head, query, key), or of (query, key), with examples before them or not; the first layer first.
        layer: What to call the result.

    Returns:
        A map of (query, key), examples before them if the layers had them.

    Raises:
        DataError: There is no layer, or one is not of as many queries as keys, or another has more of them.

    Example:
        >>> from saccade.maps.image_map import numbered
        >>> axes = (numbered("query", 2), numbered("key", 2))
        >>> rolled_out([AttentionMap(np.array([[0.0, 1.0], [0.0, 1.0]]), axes)] * 2).weights.tolist()
        [[0.25, 0.75], [0.0, 1.0]]

    Source:
        Abnar & Zuidema 2020, arXiv:2005.00928, section 3, "attention rollout".

    Differs:
        None in the formula. That the residual connection carries one half is the paper's assumption, not a measurement.
    """
    means = [averaged(seen, _KEPT) for seen in layers]
    _check_square(means)
    rolled = _with_residual(means[0].weights)
    for seen in means[1:]:
        rolled = _with_residual(seen.weights) @ rolled
    return AttentionMap(rolled, means[0].axes, layer)


def rolls_out(seen: AttentionMap) -> bool:
    """Whether a map is one of a layer of self-attention, with its heads."""
    names = tuple(axis.name for axis in seen.axes)
    return names[-3:] == ("head", "query", "key") and seen.weights.shape[-2] == seen.weights.shape[-1]


def _with_residual(weights: np.ndarray) -> np.ndarray:
    halved = (weights.astype(np.float64) + np.eye(weights.shape[-1])) / 2
    return halved / halved.sum(axis=-1, keepdims=True)


def _check_square(layers: Sequence[AttentionMap]) -> None:
    shapes = {seen.weights.shape for seen in layers}
    names = {tuple(axis.name for axis in seen.axes)[-2:] for seen in layers}
    if len(shapes) != 1 or names != {("query", "key")} or len({*next(iter(shapes))[-2:]}) != 1:
        got = ", ".join(" × ".join(map(str, shape)) for shape in sorted(shapes)) or "no layer"
        raise DataError(
            "Only layers of self-attention can be rolled out, all with as many queries as keys, but these are "
            f"{got}. Give the maps of (head, query, key) of one encoder."
        )
