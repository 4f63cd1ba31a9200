"""Floor 1: a query looks at a memory. Torch only; knows no model, no recipe and no training."""

from saccade.attention.attention import Attention
from saccade.attention.growing import Growing
from saccade.attention.history import History, Past
from saccade.attention.memory import Attended, Choice, Memory, Prepared, State
from saccade.attention.multi_head import MultiHead
from saccade.attention.score import Score
from saccade.attention.scores import SCORES
from saccade.attention.selection import Selection
from saccade.attention.selections import SELECTIONS

__all__ = [
    "SCORES",
    "SELECTIONS",
    "Attended",
    "Attention",
    "Choice",
    "Growing",
    "History",
    "Memory",
    "MultiHead",
    "Past",
    "Prepared",
    "Score",
    "Selection",
    "State",
]
