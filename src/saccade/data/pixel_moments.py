"""The mean and the deviation of all pixels, by which a network normalises."""

from typing import Final

import numpy as np

from saccade.data.images import Images

# Images that are summed up at a time.
_AT_ONCE: Final = 1024


def pixel_moments(images: Images) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel over all images, from 0 to 1.

    The deviation of a channel that is the same everywhere is given as 1: it is left as it is.
    """
    pixels = len(images) * images.size[0] * images.size[1]
    sums = np.zeros((2, images.channels))
    for start in range(0, len(images), _AT_ONCE):
        some = images.stack(np.arange(start, min(start + _AT_ONCE, len(images)))).reshape(-1, images.channels)
        sums += np.stack([some.sum(0, dtype=np.float64), np.square(some, dtype=np.uint16).sum(0, dtype=np.float64)])
    mean = sums[0] / pixels / 255
    deviation = np.sqrt(np.maximum(sums[1] / pixels / 255**2 - mean**2, 0.0))
    return tuple(mean.tolist()), tuple(np.where(deviation < 1e-6, 1.0, deviation).tolist())
