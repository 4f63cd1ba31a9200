"""Decoders: from a Memory to tokens, one by one."""

from saccade.decoders.bridge import Bridge
from saccade.decoders.decoder import Decoded, Decoder
from saccade.decoders.output import Output, TargetLogProbs
from saccade.decoders.readout import Readout
from saccade.decoders.recurrent import DecoderState, RecurrentDecoder, Remembered
from saccade.decoders.self_attention import SelfAttentionDecoder
from saccade.decoders.summary import Summary
from saccade.decoders.vocabulary import VocabularyOutput

DECODERS: dict[str, type[Decoder]] = {"recurrent": RecurrentDecoder, "self-attention": SelfAttentionDecoder}
"""What writes texts."""

__all__ = [
    "DECODERS",
    "Bridge",
    "Decoded",
    "Decoder",
    "DecoderState",
    "Output",
    "Readout",
    "RecurrentDecoder",
    "Remembered",
    "SelfAttentionDecoder",
    "Summary",
    "TargetLogProbs",
    "VocabularyOutput",
]
