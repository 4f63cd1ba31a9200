"""Models: an encoder and a decoder put together."""

from saccade.models.assemble import AttentionOptions, DecoderOptions, Embeddings, EncoderOptions, assemble
from saccade.models.sequence_to_sequence import Loss, Reading, SequenceToSequence

__all__ = [
    "AttentionOptions",
    "DecoderOptions",
    "Embeddings",
    "EncoderOptions",
    "Loss",
    "Reading",
    "SequenceToSequence",
    "assemble",
]
