"""Maps: what a model looked at, with names for rows and columns."""

from saccade.maps.alignment import AttentionMap, Axis, Groups, Span, written_spans
from saccade.maps.look import Look

__all__ = ["AttentionMap", "Axis", "Groups", "Look", "Span", "written_spans"]
