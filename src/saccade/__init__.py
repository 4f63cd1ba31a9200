"""A toolkit for attention: train small models, see where they look, know how far to trust it."""

__version__ = "0.1.0"
