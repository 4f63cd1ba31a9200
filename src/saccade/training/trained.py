"""What a training came to."""

from dataclasses import dataclass
from typing import Literal, final

from saccade.training.limits import Ending

Kept = Literal["best", "averaged", "last"]


@final
@dataclass(frozen=True)
class Trained:
    """What a training came to. The model holds the kept weights, and so does `model.safetensors` in the run folder.

    Args:
        kept: Which weights: of the best validation, the average of the last ones, or, without validation, the last.
        figures: Their validation; empty without one.
        best_update: The update of the best validation; 0 without one.
        updates: Updates done.
        tokens: Target tokens, or images, seen.
        elapsed_s: Seconds it took, over interruptions.
        ended_by: The limit that ended it.
    """

    kept: Kept
    figures: dict[str, float]
    best_update: int
    updates: int
    tokens: int
    elapsed_s: float
    ended_by: Ending
