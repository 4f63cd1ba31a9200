"""The viewer: looks, curves, courses of training and confusion as pages, pictures and text."""

from saccade.viewer.confusion_picture import confusion_figure, draw_confusion
from saccade.viewer.courses import Course, Courses
from saccade.viewer.courses_page import courses_page
from saccade.viewer.courses_picture import courses_figure
from saccade.viewer.curves import Curves
from saccade.viewer.curves_page import curves_page
from saccade.viewer.curves_picture import curves_figure
from saccade.viewer.image_page import image_notebook, image_page
from saccade.viewer.image_picture import draw_images, image_figure
from saccade.viewer.label_page import draw_labels, label_notebook, label_page
from saccade.viewer.label_terminal import shaded_text
from saccade.viewer.page import notebook, page
from saccade.viewer.picture import draw, figure_of
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
from saccade.viewer.terminal import blocks

__all__ = [
    "CURVE_SUFFIXES",
    "SUFFIXES",
    "Course",
    "Courses",
    "Curves",
    "blocks",
    "check_suffix",
    "confusion_figure",
    "courses_figure",
    "courses_page",
    "curves_figure",
    "curves_page",
    "draw",
    "draw_confusion",
    "draw_images",
    "draw_labels",
    "figure_of",
    "image_figure",
    "image_notebook",
    "image_page",
    "label_notebook",
    "label_page",
    "notebook",
    "page",
    "read",
    "read_images",
    "read_labels",
    "save",
    "save_courses",
    "save_curves",
    "shaded_text",
]
