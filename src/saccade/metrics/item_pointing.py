"""Does a look fall on the words that decide: the pointing game and the mass on them, beside what knows nothing."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float

from saccade.errors import DataError
from saccade.metrics.pointing import TIE, Pointing, against_chance


def item_pointing(
    looks: Sequence[Float[np.ndarray, " _item"]],
    wanted: Sequence[Bool[np.ndarray, " _item"]],
    *,
    draws: int = 10,
    resamples: int = 1000,
    seed: int = 0,
) -> Pointing:
    """Play the pointing game with looks at texts, and weigh what they put on the words that decide.

    It is `pointing` for items in a row, such as the tokens of a text, of which some are those to be looked at. Where
    several items are as high, the share of them that is wanted counts. An even look wins chance level at both, which is
    the wanted items' share of all.

    Args:
        looks: A weight for each item of each text; weights below 0 count as none.
        wanted: Which of the items are those to be looked at.
        draws: How many random and permuted looks are drawn for each text.
        resamples: Of the bootstrap, over texts.
        seed: Of all that is drawn.

    Returns:
        Both figures in per cent, each beside chance, random looks and permuted looks.

    Raises:
        DataError: There are no texts, one without items or with none wanted, not as many of one as of the other, or a
            look that is not finite.
        OptionError: No draw.

    Example:
        >>> found = item_pointing([np.array([0.1, 0.6, 0.3])], [np.array([False, True, True])])
        >>> found.game.score.score, round(found.mass.score.score, 6), round(found.game.chance, 2)
        (100.0, 90.0, 66.67)

    Source:
        Zhang et al. 2016, arXiv:1608.00507, section 4.2, "pointing game".

    Differs:
        The paper points at places of an image.
    """
    _check(looks, wanted)
    lengths = np.array([len(look) for look in looks])
    real = np.arange(lengths.max()) < lengths[:, None]
    own, right = np.zeros(real.shape), np.zeros(real.shape)
    own[real], right[real] = np.concatenate(looks), np.concatenate(wanted)

    def scored(maps: Float[np.ndarray, "text item"]) -> Float[np.ndarray, "text 2"]:
        tie = TIE * np.abs(np.where(real, maps, 0.0)).max(axis=1, keepdims=True)
        highest = real & (maps >= np.where(real, maps, -np.inf).max(axis=1, keepdims=True) - tie)
        mass = np.where(real, np.maximum(maps, 0.0), 0.0)
        # A look of zeros prefers no item: it counts as an even one.
        mass = np.where(mass.sum(axis=1, keepdims=True) > 0, mass, real)
        return np.stack([(each * right).sum(axis=1) / each.sum(axis=1) for each in (highest, mass)], axis=1)

    def permuted(random: np.random.Generator) -> Float[np.ndarray, "text item"]:
        # Padding is sorted behind all items, and so stays where it is.
        order = np.argsort(np.where(real, random.random(real.shape), 2.0), axis=1)
        return np.take_along_axis(own, order, axis=1)

    return against_chance(
        scored,
        own,
        lambda random: random.random(real.shape),
        permuted,
        100.0 * float((right.sum(axis=1) / lengths).mean()),
        draws=draws,
        resamples=resamples,
        seed=seed,
    )


def _check(looks: Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> None:
    if not len(looks):
        raise DataError("The pointing game needs at least one text whose deciding words are known, but got none.")
    if [len(look) for look in looks] != [len(one) for one in wanted]:
        raise DataError("Each look needs to know of each of its items whether it is wanted, but the counts differ.")
    for text, (look, right) in enumerate(zip(looks, wanted, strict=True)):
        if not right.any():
            raise DataError(f"Text {text} has no item that is wanted. Leave it out.")
        if not np.isfinite(look).all():
            raise DataError("A look must be of finite numbers, but one is not. Look for NaN in the loss.")
