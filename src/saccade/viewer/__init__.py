"""The viewer: looks and curves as pages, pictures and text."""

from saccade.viewer.curves import curves_figure, curves_page, save_curves
from saccade.viewer.page import notebook, page
from saccade.viewer.picture import draw, figure_of
from saccade.viewer.saving import SUFFIXES, read, save
from saccade.viewer.terminal import blocks

__all__ = [
    "SUFFIXES",
    "blocks",
    "curves_figure",
    "curves_page",
    "draw",
    "figure_of",
    "notebook",
    "page",
    "read",
    "save",
    "save_curves",
]
