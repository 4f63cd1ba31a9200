"""Weights packed for a page: a byte each, between the lowest and the highest."""

import base64
import math
from typing import Any

import numpy as np


def packed(plane: np.ndarray) -> list[Any]:
    """Lowest and highest weight, and where between them each weight lies, a byte each; `saccade.unpacked` reads it.

    Example:
        >>> packed(np.array([[0.0, 0.25], [0.5, 1.0]]))
        [0.0, 1.0, 'AECA/w==']
    """
    low, high = (float(plane.min()), float(plane.max())) if plane.size else (0.0, 0.0)
    steps = np.round((plane.astype(np.float64) - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    return [short(low), short(high), base64.b64encode(steps.tobytes()).decode("ascii")]


def short(weight: float) -> float:
    """Five digits are more than can be seen."""
    return weight if weight == 0 else round(weight, 4 - math.floor(math.log10(abs(weight))))
