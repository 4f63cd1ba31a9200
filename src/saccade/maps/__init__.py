"""Maps: what a model looked at, with names for rows and columns."""

from saccade.maps.alignment import AttentionMap, Axis, Groups, Place, Span, written_spans
from saccade.maps.image_look import ImageLook
from saccade.maps.image_map import Box, flat, is_grid, over_image, placed, spread
from saccade.maps.label_look import LabelLook
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
    "LabelLook",
    "Liveliness",
    "Look",
    "Place",
    "Recording",
    "Span",
    "flat",
    "is_grid",
    "liveliness",
    "over_image",
    "placed",
    "record",
    "rolled_out",
    "spread",
    "written_spans",
]
