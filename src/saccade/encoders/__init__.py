"""Encoders: from a text or an image to a Memory, and the states that start a decoder."""

from saccade.encoders.box import Box
from saccade.encoders.columns import Columns
from saccade.encoders.convnet import ConvNet
from saccade.encoders.encoded import Encoded
from saccade.encoders.image_encoder import ImageEncoder
from saccade.encoders.patches import Patches
from saccade.encoders.recurrent import RecurrentEncoder
from saccade.encoders.recurrent_memory import RecurrentMemory
from saccade.encoders.residual_attention import ResidualAttention
from saccade.encoders.self_attention_encoder import SelfAttentionEncoder
from saccade.encoders.text_encoder import TextEncoder

ENCODERS: dict[str, type[TextEncoder]] = {"recurrent": RecurrentEncoder, "self-attention": SelfAttentionEncoder}
"""What reads texts."""

IMAGE_ENCODERS: dict[str, type[ImageEncoder]] = {
    "convnet": ConvNet,
    "patches": Patches,
    "residual-attention": ResidualAttention,
}
"""What reads images."""

__all__ = [
    "ENCODERS",
    "IMAGE_ENCODERS",
    "Box",
    "Columns",
    "ConvNet",
    "Encoded",
    "ImageEncoder",
    "Patches",
    "RecurrentEncoder",
    "RecurrentMemory",
    "ResidualAttention",
    "SelfAttentionEncoder",
    "TextEncoder",
]
