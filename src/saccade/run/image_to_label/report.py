"""What the report of such a classifier tells."""

from saccade.run.label_report import blocks

__all__ = ["blocks"]
