"""Decoders: from a Memory to tokens, one by one."""

from saccade.decoders.bridge import Bridge
from saccade.decoders.copying import Copying
from saccade.decoders.mixture import Mixture
from saccade.decoders.monotonic import Monotonic
from saccade.decoders.output import Output, OutputLayer, TargetLogProbs
from saccade.decoders.readout import Readout
from saccade.decoders.recurrent import Decoded, DecoderState, Positions, RecurrentDecoder, Remembered
from saccade.decoders.summary import Summary
from saccade.decoders.vocabulary import Vocabulary, VocabularyOutput

DECODERS = {"recurrent": RecurrentDecoder}

OUTPUTS: dict[str, type[OutputLayer]] = {
    "copying": Copying,
    "mixture": Mixture,
    "monotonic": Monotonic,
    "vocabulary": Vocabulary,
}

__all__ = [
    "DECODERS",
    "OUTPUTS",
    "Bridge",
    "Copying",
    "Decoded",
    "DecoderState",
    "Mixture",
    "Monotonic",
    "Output",
    "OutputLayer",
    "Positions",
    "Readout",
    "RecurrentDecoder",
    "Remembered",
    "Summary",
    "TargetLogProbs",
    "Vocabulary",
    "VocabularyOutput",
]
