"""How far links between words are from those that people drew."""

from collections.abc import Set
from typing import final

import numpy as np
from jaxtyping import Int

from saccade.data.word_links import Link
from saccade.errors import DataError
from saccade.metrics.bootstrap import Interval, interval


@final
class AlignmentError:
    r"""The alignment error rate, in per cent: 0 where all sure links are there, and none that is not possible.

    $\mathrm{AER} = 1 - \frac{|A \cap S| + |A \cap P|}{|A| + |S|}$, of links $A$ against sure $S \subseteq P$ and
    possible $P$, with all sentences' counts added up.

    Example:
        >>> rate = AlignmentError()
        >>> rate.measure([{(0, 0), (1, 2), (1, 1)}], [{(0, 0)}], [{(0, 0), (1, 1)}]).score
        25.0

    Source:
        Och and Ney 2003, "A systematic comparison of various statistical alignment models" (J03-1002), section 5.
    """

    def statistics(
        self, found: list[Set[Link]], sure: list[Set[Link]], possible: list[Set[Link]]
    ) -> Int[np.ndarray, "sentence 4"]:
        """Of each sentence: found sure links, found possible links, links found, sure links.

        Raises:
            DataError: They are not as many, or there are none.
        """
        if not found or not len(found) == len(sure) == len(possible):
            raise DataError(
                f"Links must be held against those of the same sentences, but there are {len(found):,} to be judged, "
                f"{len(sure):,} of sure and {len(possible):,} of possible ones. Give as many, and at least one."
            )
        rows = zip(found, sure, possible, strict=True)
        return np.array([[len(a & s), len(a & (p | s)), len(a), len(s)] for a, s, p in rows], np.int64)

    def score(self, total: Int[np.ndarray, "4"]) -> float:
        """The rate of sentences whose counts sum to `total`; without a link on either side, none is wrong."""
        sure, possible, links, wanted = (float(count) for count in total)
        return 100 * (1 - (sure + possible) / (links + wanted)) if links + wanted else 0.0

    def measure(self, found: list[Set[Link]], sure: list[Set[Link]], possible: list[Set[Link]]) -> Interval:
        """The rate with its interval over resampled sentences; see `statistics`."""
        return interval(self, self.statistics(found, sure, possible))


def precision_and_recall(total: Int[np.ndarray, "4"]) -> tuple[float, float]:
    """In per cent: how many of the links found are possible, and how many of the sure ones are found.

    Example:
        >>> precision_and_recall(np.array([1, 1, 2, 1]))
        (50.0, 100.0)
    """
    sure, possible, links, wanted = (float(count) for count in total)
    return 100 * possible / max(links, 1.0), 100 * sure / max(wanted, 1.0)
