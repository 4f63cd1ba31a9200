"""Maps: what a model looked at, with names for rows and columns."""

from saccade.maps.agreement import agreement, looked_at
from saccade.maps.alignment import AttentionMap, Axis, Groups, Place, Span, written_spans
from saccade.maps.erasing import Curves, curves, occlusion, rank_correlation
from saccade.maps.faithfulness import Controlled, Faithfulness, faithfulness, faithfulness_of_one
from saccade.maps.gradients import gradient_times_input, integrated_gradients
from saccade.maps.image_look import ImageLook
from saccade.maps.image_map import Box, flat, is_grid, over_image, placed, spread
from saccade.maps.label_look import LabelLook
from saccade.maps.liveliness import InputLiveliness, Liveliness, input_figures, input_liveliness, liveliness
from saccade.maps.look import Look
from saccade.maps.record import record
from saccade.maps.recording import Recording
from saccade.maps.rollout import rolled_out
from saccade.maps.trust import Clamped, Trust

__all__ = [
    "AttentionMap",
    "Axis",
    "Box",
    "Clamped",
    "Controlled",
    "Curves",
    "Faithfulness",
    "Groups",
    "ImageLook",
    "InputLiveliness",
    "LabelLook",
    "Liveliness",
    "Look",
    "Place",
    "Recording",
    "Span",
    "Trust",
    "agreement",
    "curves",
    "faithfulness",
    "faithfulness_of_one",
    "flat",
    "gradient_times_input",
    "input_figures",
    "input_liveliness",
    "integrated_gradients",
    "is_grid",
    "liveliness",
    "looked_at",
    "occlusion",
    "over_image",
    "placed",
    "rank_correlation",
    "record",
    "rolled_out",
    "spread",
    "written_spans",
]
