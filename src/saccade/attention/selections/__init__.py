"""Selections by name. A new one is one file here, one test file and one line in the table."""

from inspect import signature
from typing import Any

from saccade.attention.selection import Selection
from saccade.attention.selections.entmax import Entmax
from saccade.attention.selections.hard import Hard
from saccade.attention.selections.local_m import LocalM
from saccade.attention.selections.local_p import LocalP
from saccade.attention.selections.monotonic import Monotonic
from saccade.attention.selections.soft import Soft
from saccade.attention.selections.sparsemax import Sparsemax

SELECTIONS: dict[str, type[Selection]] = {
    "entmax": Entmax,
    "hard": Hard,
    "local_m": LocalM,
    "local_p": LocalP,
    "monotonic": Monotonic,
    "soft": Soft,
    "sparsemax": Sparsemax,
}

__all__ = [
    "SELECTIONS",
    "Entmax",
    "Hard",
    "LocalM",
    "LocalP",
    "Monotonic",
    "Soft",
    "Sparsemax",
    "make_selection",
]


def make_selection(kind: str, d_query: int, **options: Any) -> Selection:
    """Make a selection of the table; one that predicts from the query is told its width.

    Example:
        >>> make_selection("local_p", 7, window=3).project.in_features
        7
    """
    if "d_query" in signature(SELECTIONS[kind]).parameters:
        options["d_query"] = d_query
    return SELECTIONS[kind](**options)
