"""How much a map lets through: the mean of its weights, and the share of them that is not 0."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Real

from saccade.errors import DataError
from saccade.metrics.bootstrap import Interval, interval_of_mean


class Density(NamedTuple):
    """How much the maps of one layer let through, over so many images.

    `mean`: of the weights. `kept`: the share of weights that are not 0, in per cent. Of a map of zeros and ones, the
    one says the same as the other; a soft gate keeps everything, and its mean says how far it is open. Weights that
    sum to 1 have the mean 1 / their number, whatever they are.
    """

    images: int
    mean: Interval
    kept: Interval


def amounts(weights: Real[np.ndarray, "image *axis"]) -> Float[np.ndarray, "image 2"]:
    """The mean of each map's weights, and the share of them that is not 0, in per cent.

    Example:
        >>> amounts(np.array([[[0.5, 0.0], [1.0, 0.5]], [[0.0, 0.0], [0.0, 1.0]]])).tolist()
        [[0.5, 75.0], [0.25, 25.0]]
    """
    each = weights.reshape(len(weights), -1)
    return np.stack([each.mean(axis=1, dtype=np.float64), 100 * (each != 0).mean(axis=1)], axis=1)


def density(parts: Sequence[Float[np.ndarray, "_image 2"]], *, resamples: int = 1000, seed: int = 0) -> Density:
    """How much maps let through, with intervals over the images.

    Args:
        parts: What `amounts` gave, batch by batch.
        resamples: Of the bootstrap, over images.
        seed: Of what is drawn there.

    Raises:
        DataError: There are no images, or a map that is not finite.

    Example:
        >>> found = density([amounts(np.eye(4)), amounts(np.eye(4))])
        >>> found.images, found.mean.score, found.kept.score
        (8, 0.25, 25.0)
    """
    every = np.concatenate([np.empty((0, 2)), *parts])
    if not len(every):
        raise DataError("How much maps let through is said of at least one image, but there is none.")
    if not np.isfinite(every).all():
        raise DataError("A map must be of finite numbers, but one is not. Look for NaN in the images or the loss.")
    mean, kept = (interval_of_mean(column, resamples=resamples, seed=seed) for column in every.T)
    return Density(len(every), mean, kept)
