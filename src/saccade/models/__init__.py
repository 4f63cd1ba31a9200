"""Models: an encoder and a decoder put together, or an encoder and what says the label."""

from saccade.models.assemble import assemble
from saccade.models.assemble_captioner import ReaderOptions, RecurrentOptions, assemble_captioner
from saccade.models.assemble_classifier import Part, assemble_classifier
from saccade.models.assemble_masked import assemble_masked
from saccade.models.assemble_text_classifier import assemble_text_classifier
from saccade.models.classifier import Classifier
from saccade.models.image_reader import ImageReader
from saccade.models.loss import Loss
from saccade.models.masked_language_model import MaskedLanguageModel
from saccade.models.options import (
    AttentionOptions,
    DecoderOptions,
    Embeddings,
    EncoderOptions,
    HistoryOptions,
    OutputOptions,
    SelfAttentionOptions,
)
from saccade.models.pooling import POOLINGS, Pooling
from saccade.models.reinforce import Reinforce
from saccade.models.sequence_to_sequence import Reading, SequenceToSequence
from saccade.models.text_classifier import TextClassifier

__all__ = [
    "POOLINGS",
    "AttentionOptions",
    "Classifier",
    "DecoderOptions",
    "Embeddings",
    "EncoderOptions",
    "HistoryOptions",
    "ImageReader",
    "Loss",
    "MaskedLanguageModel",
    "OutputOptions",
    "Part",
    "Pooling",
    "ReaderOptions",
    "Reading",
    "RecurrentOptions",
    "Reinforce",
    "SelfAttentionOptions",
    "SequenceToSequence",
    "TextClassifier",
    "assemble",
    "assemble_captioner",
    "assemble_classifier",
    "assemble_masked",
    "assemble_text_classifier",
]
