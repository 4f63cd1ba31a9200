"""Tokens that are hidden from a network, for it to guess them."""

from typing import Final, NamedTuple, final

import numpy as np
from jaxtyping import Int

from saccade.data.pieces import SPECIALS
from saccade.errors import OptionError

MASK: Final = "<mask>"
"""How a hidden token is written."""


class Masked(NamedTuple):
    """A text some of whose tokens were chosen.

    Attributes:
        ids: What the network reads.
        places: Of the chosen tokens, in their order.
        goals: What they are.
    """

    ids: Int[np.ndarray, " place"]
    places: Int[np.ndarray, " chosen"]
    goals: Int[np.ndarray, " chosen"]


@final
class Masking:
    r"""Choose tokens of a text, and hide most of them.

    Of $n$ tokens that are not special, $\max(1, \lfloor s n + u \rfloor)$ are chosen, $u$ uniform on [0, 1): the share
    $s$ on average, and at least one. Each is then, by chance of its own, replaced by the mask or by a random token, or
    left as it is. What is special (padding, the end, what the tokenizer does not know) is neither chosen nor drawn.

    Args:
        mask: The number of the mask: one above those of the vocabulary.
        chosen: Share of the tokens that is chosen ($s$).
        masked: Share of the chosen ones that the mask replaces.
        random: Share of them that a random token replaces; the rest stays.

    Raises:
        OptionError: No share, or shares of more than the whole.

    Example:
        >>> masking = Masking(mask=9, chosen=0.5, masked=1.0, random=0.0)
        >>> masking(np.array([4, 5, 6, 7, 2]), np.random.default_rng(0))
        Masked(ids=array([4, 9, 6, 9, 2]), places=array([1, 3]), goals=array([5, 7]))

    Source:
        Devlin, Chang, Lee, Toutanova 2019, arXiv:1810.04805, section 3.1, task 1, and appendix A.1.

    Differs:
        The tokens are chosen anew at each pass, as in Liu et al. 2019, arXiv:1907.11692, section 4.1, where the paper's
        authors chose before the training. Short texts have one at least, and the others the share on average.
    """

    def __init__(self, mask: int, *, chosen: float = 0.15, masked: float = 0.8, random: float = 0.1) -> None:
        check_shares(chosen, masked, random)
        self.mask, self.chosen, self.masked, self.random = mask, chosen, masked, random

    def __call__(self, ids: Int[np.ndarray, " place"], random: np.random.Generator) -> Masked:
        """Choose tokens of one text; a text of nothing but special ones has none to choose."""
        own = np.flatnonzero(ids >= len(SPECIALS))
        count = min(len(own), max(1, int(self.chosen * len(own) + random.random())))
        places = np.sort(random.choice(own, count, replace=False))
        lot, others = random.random(count), random.integers(len(SPECIALS), self.mask, count)
        goals = ids[places]
        shown = ids.copy()
        shown[places] = np.where(lot < self.masked, self.mask, np.where(lot < self.masked + self.random, others, goals))
        return Masked(shown, places, goals)


def chosen_by(seed: int, epoch: int, text: int) -> np.random.Generator:
    """Chance for one text in one epoch: the same whatever was read before it, and whatever stands beside it."""
    return np.random.default_rng([seed, epoch, text])


def check_shares(chosen: float, masked: float, random: float) -> None:
    """Refuse shares that are none.

    Raises:
        OptionError: Nothing is chosen, or a share is below 0 or more than the whole.
    """
    if not 0 < chosen <= 1:
        raise OptionError(f"`chosen` must be above 0 and at most 1, but is {chosen}. 0.15 is usual.")
    if min(masked, random) < 0 or masked + random > 1:
        raise OptionError(
            f"`masked` and `random` must be shares of the chosen tokens, at most 1 together, but are {masked} and "
            f"{random}. 0.8 and 0.1 are usual."
        )
