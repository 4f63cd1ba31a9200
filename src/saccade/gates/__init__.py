"""Floor 1: features weigh themselves. A new gate is one file here, one test file and one line in the table."""

from saccade.gates.bottleneck import Bottleneck
from saccade.gates.channel import Channel
from saccade.gates.channel_then_spatial import ChannelThenSpatial
from saccade.gates.clamp import clamped
from saccade.gates.efficient_channel import EfficientChannel
from saccade.gates.gate import Gate
from saccade.gates.pyramid import Pyramid, at_one_size
from saccade.gates.residual_mask import ResidualMask
from saccade.gates.scale import Scale
from saccade.gates.spatial import Spatial

BLOCK_GATES: dict[str, type[Gate]] = {
    "bottleneck": Bottleneck,
    "channel": Channel,
    "channel-then-spatial": ChannelThenSpatial,
    "efficient-channel": EfficientChannel,
    "scale": Scale,
    "spatial": Spatial,
}
"""Those that need no more than `gate(channels)`, so that they fit into any block of a network."""

GATES: dict[str, type[Gate]] = {**BLOCK_GATES, "pyramid": Pyramid, "residual-mask": ResidualMask}
"""All. A pyramid needs features of several sizes, a residual mask units to be made of and a block's input."""

__all__ = [
    "BLOCK_GATES",
    "GATES",
    "Bottleneck",
    "Channel",
    "ChannelThenSpatial",
    "EfficientChannel",
    "Gate",
    "Pyramid",
    "ResidualMask",
    "Scale",
    "Spatial",
    "at_one_size",
    "clamped",
]
