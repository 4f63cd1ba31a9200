"""Does a map fall on the thing to be seen: the pointing game and the mass in the box, beside what knows nothing."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Real

from saccade.errors import DataError, OptionError
from saccade.metrics.bootstrap import Interval, interval_of_mean

# Images whose maps are spread over their pixels at a time.
_CHUNK = 128
# Pixels as near to the highest one as this share of it are as high: less is rounding.
TIE = 1e-6


class Against(NamedTuple):
    """A figure in per cent, and the same figure of maps that know nothing.

    `chance`: a place drawn at random from the image, which is the box's share of its area. `random`: maps of the same
    grid whose weights are drawn evenly from 0 to 1, each by itself. `permuted`: the map's own weights, at places drawn
    at random. The last two are means over several draws for each image.
    """

    score: Interval
    chance: float
    random: Interval
    permuted: Interval


class Pointing(NamedTuple):
    """How well the maps of one layer fall into the boxes of so many images."""

    images: int
    game: Against
    mass: Against

    def to_json(self) -> dict[str, Any]:
        """Both figures as JSON's own types."""
        return {
            name: {
                **figure.score._asdict(),
                "chance": figure.chance,
                "random": figure.random._asdict(),
                "permuted": figure.permuted._asdict(),
            }
            for name, figure in (("game", self.game), ("mass", self.mass))
        }


def pointing(
    grids: Float[np.ndarray, "image row column"],
    boxes: Real[np.ndarray, "other 4"],
    rows: Float[np.ndarray, "height row"],
    columns: Float[np.ndarray, "width column"],
    *,
    draws: int = 10,
    resamples: int = 1000,
    seed: int = 0,
) -> Pointing:
    """Play the pointing game with the maps of a layer, and weigh what they put into the box.

    The game is won where the maximum of the map, spread over the image's pixels, falls into the box. Where several
    pixels are as high, the share of them that lies in the box counts: that is what drawing one of them would win on
    average. A pixel that the box's edge cuts lies in it by the share of its area. The mass in the box is the share of
    the sum of the spread map; weights below 0 count as none. An even map wins chance level at both.

    Args:
        grids: A map for each image: the mean over its channels or heads, or one of them.
        boxes: Left, top, right, bottom of the thing to be seen, in pixels.
        rows: How much of each row of the grid each row of pixels shows: `spread` of the places of a map's height.
        columns: The same for the width.
        draws: How many random and permuted maps are drawn for each image.
        resamples: Of the bootstrap, over images.
        seed: Of all that is drawn.

    Returns:
        Both figures in per cent, each beside chance, random maps and permuted maps.

    Raises:
        DataError: There are no images, not a box for each, a box outside the image, or a map that is not finite.
        OptionError: No draw.

    Example:
        >>> grids, each = np.array([[[0.0, 1.0], [0.0, 0.0]]]), np.repeat(np.eye(2), 2, axis=0)
        >>> scores = pointing(grids, np.array([[2.0, 0.0, 4.0, 1.0]]), each, each)
        >>> scores.game.score.score, scores.mass.score.score, scores.game.chance
        (50.0, 50.0, 12.5)

    Source:
        Zhang et al. 2016, arXiv:1608.00507, section 4.2, "pointing game".

    Differs:
        The paper counts a point within 15 pixels of the box as a hit; here it must lie in the box. The paper has one
        maximum; here ties are shared.
    """
    height, width = len(rows), len(columns)
    _check(grids, boxes, height, width)
    down, across = _covered(boxes[:, 1], boxes[:, 3], height), _covered(boxes[:, 0], boxes[:, 2], width)

    def scored(maps: np.ndarray) -> np.ndarray:
        parts = [slice(start, start + _CHUNK) for start in range(0, len(maps), _CHUNK)]
        return np.concatenate([_scored(rows @ maps[part] @ columns.T, down[part], across[part]) for part in parts])

    chance = 100.0 * float((down.sum(axis=1) * across.sum(axis=1)).mean() / (height * width))
    return against_chance(
        scored,
        grids.astype(np.float64),
        lambda random: random.random(grids.shape),
        lambda random: _permuted(grids, random),
        chance,
        draws=draws,
        resamples=resamples,
        seed=seed,
    )


def against_chance(
    scored: Callable[[np.ndarray], np.ndarray],
    own: np.ndarray,
    drawn: Callable[[np.random.Generator], np.ndarray],
    permuted: Callable[[np.random.Generator], np.ndarray],
    chance: float,
    *,
    draws: int,
    resamples: int,
    seed: int,
) -> Pointing:
    """Score maps beside maps that know nothing.

    Args:
        scored: Gives for each map the share of its highest places, and of its mass, that is where it should be.
        own: The maps.
        drawn: Draws as many random maps.
        permuted: Draws the maps with their weights at other places.
        chance: Of a place drawn at random, in per cent.
        draws: How many of them are drawn for each map.
        resamples: Of the bootstrap, over maps.
        seed: Of all that is drawn.

    Raises:
        OptionError: No draw.
    """
    if draws < 1:
        raise OptionError(f"`draws` must be at least 1, but is {draws}. 10 is usual.")
    random = np.random.default_rng(seed)
    shares = [
        scored(own),
        np.mean([scored(drawn(random)) for _ in range(draws)], axis=0),
        np.mean([scored(permuted(random)) for _ in range(draws)], axis=0),
    ]
    game, mass = (
        Against(score, chance, *others)
        for score, *others in (
            [interval_of_mean(100 * one[:, figure], resamples=resamples, seed=seed) for one in shares]
            for figure in (0, 1)
        )
    )
    return Pointing(len(own), game, mass)


def _permuted(grids: Float[np.ndarray, "image row column"], random: np.random.Generator) -> np.ndarray:
    return random.permuted(grids.astype(np.float64).reshape(len(grids), -1), axis=1).reshape(grids.shape)


def _covered(starts: np.ndarray, ends: np.ndarray, pixels: int) -> Float[np.ndarray, "image pixel"]:
    """What share of each pixel lies between the two, along one side."""
    at = np.arange(pixels)
    return np.clip(np.minimum(ends[:, None], at + 1) - np.maximum(starts[:, None], at), 0.0, 1.0)


def _scored(
    overlays: Float[np.ndarray, "image height width"],
    down: Float[np.ndarray, "image height"],
    across: Float[np.ndarray, "image width"],
) -> Float[np.ndarray, "image 2"]:
    """The share of the highest pixels, and of the mass, that lies in the box."""
    most = overlays.max(axis=(1, 2), keepdims=True)
    highest = overlays >= most - TIE * np.abs(overlays).max(axis=(1, 2), keepdims=True)
    mass = np.maximum(overlays, 0.0)
    # A map of zeros prefers no place: it counts as an even one.
    mass = np.where(mass.sum(axis=(1, 2), keepdims=True) > 0, mass, 1.0)
    shares = [np.einsum("ihw,ih,iw->i", each, down, across) / each.sum(axis=(1, 2)) for each in (highest * 1.0, mass)]
    return np.stack(shares, axis=1)


def _check(grids: np.ndarray, boxes: np.ndarray, height: int, width: int) -> None:
    if not len(grids):
        raise DataError("The pointing game needs at least one image with a box, but got none.")
    if len(grids) != len(boxes):
        raise DataError(f"Each map needs a box, but there are {len(grids):,} maps and {len(boxes):,} boxes.")
    if not np.isfinite(grids).all():
        raise DataError("A map must be of finite numbers, but one is not. Look for NaN in the images or the loss.")
    left, top, right, bottom = boxes.T
    wrong = ~((np.maximum(left, 0) < np.minimum(right, width)) & (np.maximum(top, 0) < np.minimum(bottom, height)))
    if wrong.any():
        image = int(wrong.argmax())
        raise DataError(
            f"The box of image {image} is {boxes[image].tolist()} (left, top, right, bottom), of which nothing lies in "
            f"the image of {width} × {height} pixels. Give boxes in pixels of the image as the model reads it."
        )
