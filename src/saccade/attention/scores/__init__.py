"""Scores by name. A new one is one file here, one test file and one line in the table."""

from saccade.attention.score import Score
from saccade.attention.scores.additive import Additive
from saccade.attention.scores.concat import Concat
from saccade.attention.scores.cosine import Cosine
from saccade.attention.scores.coverage import Coverage
from saccade.attention.scores.dot import Dot
from saccade.attention.scores.general import General
from saccade.attention.scores.location import Location
from saccade.attention.scores.scaled_dot import ScaledDot

SCORES: dict[str, type[Score]] = {
    "additive": Additive,
    "concat": Concat,
    "cosine": Cosine,
    "coverage": Coverage,
    "dot": Dot,
    "general": General,
    "location": Location,
    "scaled_dot": ScaledDot,
}

__all__ = ["SCORES", "Additive", "Concat", "Cosine", "Coverage", "Dot", "General", "Location", "ScaledDot"]
