"""Encoders: from a text to a Memory, and the states that start a decoder."""

from saccade.encoders.encoded import Encoded
from saccade.encoders.recurrent import RecurrentEncoder

ENCODERS = {"recurrent": RecurrentEncoder}

__all__ = ["ENCODERS", "Encoded", "RecurrentEncoder"]
