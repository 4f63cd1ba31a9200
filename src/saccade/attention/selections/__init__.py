"""Selections by name. A new one is one file here, one test file and one line in the table."""

from saccade.attention.selection import Selection
from saccade.attention.selections.entmax import Entmax
from saccade.attention.selections.hard import Hard
from saccade.attention.selections.soft import Soft
from saccade.attention.selections.sparsemax import Sparsemax

SELECTIONS: dict[str, type[Selection]] = {
    "entmax": Entmax,
    "hard": Hard,
    "soft": Soft,
    "sparsemax": Sparsemax,
}

__all__ = ["SELECTIONS", "Entmax", "Hard", "Soft", "Sparsemax"]
