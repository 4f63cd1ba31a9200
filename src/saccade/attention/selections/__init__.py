"""Selections by name. A new one is one file here, one test file and one line in the table."""

from saccade.attention.selection import Selection
from saccade.attention.selections.hard import Hard
from saccade.attention.selections.soft import Soft

SELECTIONS: dict[str, type[Selection]] = {"hard": Hard, "soft": Soft}

__all__ = ["SELECTIONS", "Hard", "Soft"]
