"""Maps: what a model looked at, with names for rows and columns."""

from saccade.maps.agreement import agreement, looked_at
from saccade.maps.alignment import AttentionMap, Axis, Groups, Place, Span, written_spans
from saccade.maps.image_look import ImageLook
from saccade.maps.image_map import Box, flat, is_grid, over_image, placed, spread
from saccade.maps.liveliness import Liveliness, liveliness
from saccade.maps.look import Look
from saccade.maps.record import Recording, record
from saccade.maps.rollout import rolled_out

__all__ = [
    "AttentionMap",
    "Axis",
    "Box",
    "Groups",
    "ImageLook",
    "Liveliness",
    "Look",
    "Place",
    "Recording",
    "Span",
    "agreement",
    "flat",
    "is_grid",
    "liveliness",
    "looked_at",
    "over_image",
    "placed",
    "record",
    "rolled_out",
    "spread",
    "written_spans",
]
