"""Decoders: from a Memory to tokens, one by one."""

from saccade.decoders.bridge import Bridge
from saccade.decoders.gated_look import GatedLook
from saccade.decoders.output import Output, TargetLogProbs
from saccade.decoders.readout import Readout
from saccade.decoders.recurrent import Decoded, DecoderState, RecurrentDecoder, Remembered
from saccade.decoders.summary import Summary
from saccade.decoders.vocabulary import VocabularyOutput

DECODERS = {"recurrent": RecurrentDecoder}

__all__ = [
    "DECODERS",
    "Bridge",
    "Decoded",
    "DecoderState",
    "GatedLook",
    "Output",
    "Readout",
    "RecurrentDecoder",
    "Remembered",
    "Summary",
    "TargetLogProbs",
    "VocabularyOutput",
]
