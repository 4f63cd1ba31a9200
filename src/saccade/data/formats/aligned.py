"""Two files, a line of one for a line of the other."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from saccade.data.lines import lines_of
from saccade.errors import DataError


def aligned_pairs(source: Path, target: Path) -> Iterator[tuple[str, str]]:
    """Pairs from the lines of two files.

    Raises:
        DataError: Files of unequal length, or what `lines_of` says.
    """
    sources, targets = lines_of(source), lines_of(target)
    number = 0
    for number, (left, right) in enumerate(zip_longest(sources, targets)):
        if left is None or right is None:
            # The shorter one ended before this line; the other is read on to say how far it goes.
            longer = number + 1 + sum(1 for _ in (targets if left is None else sources))
            counts = (number, longer) if left is None else (longer, number)
            raise DataError(
                f"{source} has {counts[0]:,} lines, but {target} has {counts[1]:,}. "
                "Line by line they must be translations of each other."
            )
        yield left[1], right[1]
