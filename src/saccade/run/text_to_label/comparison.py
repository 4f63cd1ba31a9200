"""Several classifiers of texts, held against the first."""

from saccade.run.label_comparison import compare

__all__ = ["compare"]
