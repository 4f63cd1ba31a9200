"""Augmentation: each time an image is seen, a little otherwise."""

import math
from typing import final

import numpy as np
from jaxtyping import Float32, Int64, UInt8

from saccade.errors import OptionError


@final
class Augmentation:
    """Random crops, mirror images and mixtures, drawn anew for each batch.

    Args:
        crop: Pixels of black that are put around an image before a piece of its own size is cut out at random; 0 leaves
            it where it is.
        flip: Whether half of the images, drawn at random, are mirrored left to right.
        mixup: The parameter alpha of the Beta distribution from which the share of an image in its mixture is drawn;
            0 mixes nothing.

    Raises:
        OptionError: A negative crop or mixup, or a mixup that is not finite.

    Example:
        >>> images = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3, 1)
        >>> mirrored = Augmentation(flip=True)(images, np.random.default_rng(0))
        >>> mirrored[..., 0].tolist()
        [[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[11, 10, 9], [14, 13, 12], [17, 16, 15]]]

    Source:
        Crop and flip: He et al. 2016, arXiv:1512.03385, section 4.2. Mixup: Zhang et al. 2018, arXiv:1710.09412.

    Differs:
        Mixup draws a share for each image, as the paper's equation does; its code draws one for each batch.
    """

    def __init__(self, *, crop: int = 0, flip: bool = False, mixup: float = 0.0) -> None:
        if crop < 0:
            raise OptionError(f"`crop` must be 0 or more pixels, but is {crop}.")
        if not 0 <= mixup < math.inf:
            raise OptionError(f"`mixup` must be 0 or more, and finite, but is {mixup}. The usual values are 0.1 to 1.")
        self._crop = crop
        self._flip = flip
        self._mixup = mixup

    def __call__(
        self, images: UInt8[np.ndarray, "batch height width channel"], random: np.random.Generator
    ) -> UInt8[np.ndarray, "batch height width channel"]:
        """Crop and mirror each image by chance."""
        if not self._crop and not self._flip:
            return images
        count, height, width, _ = images.shape
        tops, lefts = random.integers(0, 2 * self._crop, size=(2, count), endpoint=True)
        steps = np.where(random.random(count) < 0.5, -1, 1) if self._flip else np.ones(count, dtype=np.int64)
        padded = np.pad(images, ((0, 0), (self._crop,) * 2, (self._crop,) * 2, (0, 0)))
        cut = np.empty_like(images)
        for place, (top, left, step) in enumerate(zip(tops, lefts, steps, strict=True)):
            cut[place] = padded[place, top : top + height, left : left + width][:, ::step]
        return cut

    def mixture(
        self, count: int, random: np.random.Generator
    ) -> tuple[Int64[np.ndarray, " batch"], Float32[np.ndarray, " batch"]] | None:
        """With which other image of the batch each is mixed, and its own share; None where nothing is mixed."""
        if not self._mixup:
            return None
        share = random.beta(self._mixup, self._mixup, size=count).astype(np.float32)
        return random.permutation(count), share
