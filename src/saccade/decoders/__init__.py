"""Decoders: from a Memory to tokens, one by one."""

from saccade.decoders.bridge import Bridge
from saccade.decoders.copying import Copying
from saccade.decoders.decoder import Decoded, Decoder, Positions
from saccade.decoders.gated_look import GatedLook
from saccade.decoders.mixture import Mixture
from saccade.decoders.monotonic import Monotonic
from saccade.decoders.output import Output, OutputLayer, TargetLogProbs
from saccade.decoders.readout import Readout
from saccade.decoders.recurrent import DecoderState, RecurrentDecoder, Remembered
from saccade.decoders.self_attention import SelfAttentionDecoder
from saccade.decoders.summary import Summary
from saccade.decoders.vocabulary import Vocabulary, VocabularyOutput

DECODERS: dict[str, type[Decoder]] = {"recurrent": RecurrentDecoder, "self-attention": SelfAttentionDecoder}
"""What writes texts."""

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
    "Decoder",
    "DecoderState",
    "GatedLook",
    "Mixture",
    "Monotonic",
    "Output",
    "OutputLayer",
    "Positions",
    "Readout",
    "RecurrentDecoder",
    "Remembered",
    "SelfAttentionDecoder",
    "Summary",
    "TargetLogProbs",
    "Vocabulary",
    "VocabularyOutput",
]
