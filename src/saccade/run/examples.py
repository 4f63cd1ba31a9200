"""Examples of a recipe's own data: named by split and number, or drawn."""

from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
from jaxtyping import Int64

from saccade.recipes.schema import SPLITS


@final
class Example(NamedTuple):
    """One of the recipe's data, so that what is known of it is known to who looks at it.

    Attributes:
        data: A split, as the model reads it.
        place: Of the example in it, from 0.
    """

    data: Any
    place: int


def drawn(examples: int, most: int, seed: int) -> Int64[np.ndarray, " place"]:
    """Places of at most so many examples, drawn evenly and in a drawn order: data often lies in that of its classes.

    Example:
        >>> sorted(drawn(3, 5, seed=0).tolist()), len(set(drawn(1000, 5, seed=0)))
        ([0, 1, 2], 5)
    """
    return np.random.default_rng(seed).permutation(examples)[:most]


def named_example(name: str) -> tuple[str, int] | None:
    """The split and the number, from 1, that a name such as `test:17` says; None where it says something else.

    A file of that name comes first.

    Example:
        >>> named_example("test:17"), named_example("cat.png")
        (('test', 17), None)
    """
    split, colon, number = name.partition(":")
    if not colon or split not in SPLITS or not number.isdecimal() or Path(name).exists():
        return None
    return split, int(number)
