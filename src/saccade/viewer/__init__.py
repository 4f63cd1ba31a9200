"""The viewer: looks, curves, courses of training and confusion as blocks of a page, as pictures and as text."""

from saccade.viewer.alignment_block import alignment_block
from saccade.viewer.confusion_block import confusion_block
from saccade.viewer.confusion_picture import confusion_figure, draw_confusion
from saccade.viewer.courses import Course, Courses
from saccade.viewer.courses_block import courses_block
from saccade.viewer.courses_picture import courses_figure
from saccade.viewer.curves import Curves
from saccade.viewer.curves_block import curves_block
from saccade.viewer.curves_picture import curves_figure
from saccade.viewer.document import RENDERERS, Block, allowances, document, framed, policy, script_of, style_of
from saccade.viewer.heads_block import heads_block
from saccade.viewer.image_block import image_block
from saccade.viewer.image_picture import draw_images, image_figure
from saccade.viewer.label_block import label_block
from saccade.viewer.label_terminal import shaded_text
from saccade.viewer.pages import (
    block_of,
    blocks_of,
    courses_page,
    curves_page,
    image_notebook,
    label_notebook,
    notebook,
    page,
)
from saccade.viewer.picture import draw, draw_labels, figure_of
from saccade.viewer.saving import (
    CURVE_SUFFIXES,
    SUFFIXES,
    check_suffix,
    read,
    read_images,
    read_labels,
    save,
    save_courses,
    save_curves,
)
from saccade.viewer.strip_block import strip_block
from saccade.viewer.terminal import blocks
from saccade.viewer.text_block import code_block, table_block, text_block
from saccade.viewer.trust_block import trust_block

__all__ = [
    "CURVE_SUFFIXES",
    "RENDERERS",
    "SUFFIXES",
    "Block",
    "Course",
    "Courses",
    "Curves",
    "alignment_block",
    "allowances",
    "block_of",
    "blocks",
    "blocks_of",
    "check_suffix",
    "code_block",
    "confusion_block",
    "confusion_figure",
    "courses_block",
    "courses_figure",
    "courses_page",
    "curves_block",
    "curves_figure",
    "curves_page",
    "document",
    "draw",
    "draw_confusion",
    "draw_images",
    "draw_labels",
    "figure_of",
    "framed",
    "heads_block",
    "image_block",
    "image_figure",
    "image_notebook",
    "label_block",
    "label_notebook",
    "notebook",
    "page",
    "policy",
    "read",
    "read_images",
    "read_labels",
    "save",
    "save_courses",
    "save_curves",
    "script_of",
    "shaded_text",
    "strip_block",
    "style_of",
    "table_block",
    "text_block",
    "trust_block",
]
