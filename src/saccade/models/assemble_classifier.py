"""Put a classifier of images together from the names and options of its parts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from saccade.checks import check_known
from saccade.encoders import IMAGE_ENCODERS, ImageEncoder, Patches
from saccade.errors import OptionError
from saccade.gates import BLOCK_GATES, GATES, Gate
from saccade.models.classifier import Classifier
from saccade.models.pooling import POOLINGS

Part = tuple[str, Mapping[str, Any]]
"""The name of a part in its table, and its options."""

GATED = "convnet"
"""The encoder that takes a gate in each unit."""

SIZED = "patches"
"""The encoder that learns positions for a size."""


def assemble_classifier(
    labels: int,
    *,
    encoder: Part,
    gate: Part | None = None,
    pooling: Part = ("mean", {}),
    channels: int = 3,
    size: int | Sequence[int] = 32,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    dropout: float = 0.0,
) -> Classifier:
    """Make a classifier; its weights are random.

    Args:
        labels: How many labels there are.
        encoder: A name in `IMAGE_ENCODERS`, and its options.
        gate: A name in `GATES`, and its options, for the units of a residual network; None: no gate.
        pooling: A name in `POOLINGS`, and its options.
        channels: Of the images.
        size: Height and width of the images; one number for both.
        mean: Of each channel, from 0 to 1; None: 0.5.
        std: Of each channel, from 0 to 1; None: 0.25.
        dropout: Share of the pooled vector's entries that is dropped in training.

    Raises:
        OptionError: A part that there is not, or parts that do not fit each other.

    Example:
        >>> model = assemble_classifier(7, encoder=("convnet", {"depth": 8, "width": 5}), gate=("channel", {}))
        >>> type(model.encoder).__name__, model.encoder.d_memory
        ('ConvNet', 20)
    """
    check_known("pooling.kind", pooling[0], POOLINGS)
    reader = image_encoder_of(encoder, gate, channels, size)
    _check_token(reader, pooling[0])
    return Classifier(
        reader,
        POOLINGS[pooling[0]](reader.d_memory, **pooling[1]),
        labels,
        mean=[0.5] * channels if mean is None else mean,
        std=[0.25] * channels if std is None else std,
        dropout=dropout,
    )


def image_encoder_of(part: Part, gate: Part | None, channels: int, size: int | Sequence[int]) -> ImageEncoder:
    """Make what reads images.

    Args:
        part: A name in `IMAGE_ENCODERS`, and its options.
        gate: A name in `GATES`, and its options, for the units of a residual network; None: no gate.
        channels: Of the images.
        size: Height and width of the images; one number for both.

    Raises:
        OptionError: A part that there is not, a gate that does not fit, or a size that is too small.
    """
    kind, options = part
    check_known("encoder.kind", kind, IMAGE_ENCODERS)
    given: dict[str, Any] = {"size": size} if kind == SIZED else {}
    if gate is not None:
        given["gate"] = _gate(kind, gate)
    encoder = IMAGE_ENCODERS[kind](channels, **{**given, **options})
    height, width = (size, size) if isinstance(size, int) else size
    if min(height, width) < encoder.least_size:
        raise OptionError(
            f"`size` is {height}×{width} pixels, but this encoder reads none below {encoder.least_size}×"
            f"{encoder.least_size}. Take larger images, or an encoder that shrinks them less."
        )
    return encoder


def _gate(encoder: str, gate: Part) -> Callable[[int], Gate]:
    kind, options = gate
    check_known("gate.kind", kind, GATES)
    if encoder != GATED:
        raise OptionError(
            f"`gate.kind` is {kind!r}, but `encoder.kind` is {encoder!r}, which takes no gate. Leave `gate` out, or "
            f"take `encoder: {{kind: {GATED}}}`."
        )
    if kind not in BLOCK_GATES:
        instead = "take `encoder: {kind: residual-attention}`" if kind == "residual-mask" else "use it from Python"
        raise OptionError(
            f"`gate.kind` is {kind!r}, which does not fit into a unit of a residual network. "
            f"Allowed: {', '.join(sorted(BLOCK_GATES))}. Take one of them, or {instead}."
        )
    return lambda channels: BLOCK_GATES[kind](channels, **options)


def _check_token(encoder: ImageEncoder, pooling: str) -> None:
    if pooling == "class-token" and not (isinstance(encoder, Patches) and encoder.class_token is not None):
        raise OptionError(
            "`pooling.kind` is 'class-token', but the encoder has none. Set `encoder: {kind: patches, class_token: "
            "true}`, or take `pooling: {kind: mean}`."
        )
