"""Put a network that reads images and writes texts together from the names and options of its parts."""

from collections.abc import Sequence
from typing import NamedTuple, final

from saccade.attention import SCORES, SELECTIONS, Attention, MultiHead
from saccade.cells import CELLS
from saccade.decoders import Bridge, GatedLook, Readout, RecurrentDecoder, Summary, Vocabulary
from saccade.encoders import ImageEncoder
from saccade.encoders.columns import Columns, How
from saccade.encoders.recurrent_memory import RecurrentMemory, Values
from saccade.errors import OptionError
from saccade.models.assemble import Context, context_of, embedding_of, history_of, reinforce_of, vocabulary_of
from saccade.models.assemble_classifier import Part, image_encoder_of
from saccade.models.coverage_loss import check_coverage_loss
from saccade.models.fit import CONTEXTS, QUERIES, check_names, check_sizes, history_names
from saccade.models.image_reader import ImageReader
from saccade.models.options import AttentionOptions, DecoderOptions, Embeddings
from saccade.models.sequence_to_sequence import SequenceToSequence


@final
class RecurrentOptions(NamedTuple):
    """See `RecurrentMemory`."""

    d_state: int = 128
    cell: str = "gru"
    layers: int = 1
    directions: int = 2
    dropout: float = 0.0
    values: Values = "states"


@final
class ReaderOptions(NamedTuple):
    """What reads an image.

    Attributes:
        encoder: A name in `IMAGE_ENCODERS`, and its options.
        gate: A name in `GATES`, and its options, for the units of a residual network.
        columns: How what stands one above the other is joined, see `Columns`; None: each cell is an item.
        recurrent: The network that reads the columns.
    """

    encoder: Part
    gate: Part | None = None
    columns: How | None = None
    recurrent: RecurrentOptions | None = None


def assemble_captioner(
    target_vocabulary: int,
    *,
    reader: ReaderOptions,
    decoder: DecoderOptions = DecoderOptions(),  # noqa: B008
    attention: AttentionOptions = AttentionOptions(),  # noqa: B008
    embeddings: Embeddings = Embeddings(),  # noqa: B008
    gated_context: bool = False,
    doubly_stochastic: float = 0.0,
    channels: int = 3,
    size: tuple[int, int] = (32, 128),
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> SequenceToSequence:
    """Make a network that reads images and writes texts; its weights are random.

    Args:
        target_vocabulary: How many tokens there are.
        reader: What reads an image.
        decoder: Options of the decoder.
        attention: How the decoder looks; used with `context: attention` only.
        embeddings: Options of the token vectors; `tie` may be `none` or `decoder`.
        gated_context: Whether a number between 0 and 1 weighs each context, see `GatedLook`.
        doubly_stochastic: How much it costs not to look at each item once, see `unevenness`.
        channels: Of the images.
        size: Height and width of the images.
        mean: Of each channel, from 0 to 1; None: 0.5.
        std: Of each channel, from 0 to 1; None: 0.25.

    Raises:
        OptionError: A part that there is not, or parts that do not fit each other.

    Example:
        >>> reader = ReaderOptions(("convnet", {"depth": 8}), columns="mean", recurrent=RecurrentOptions(d_state=5))
        >>> model = assemble_captioner(
        ...     11,
        ...     reader=reader,
        ...     decoder=DecoderOptions(d_state=7),
        ...     embeddings=Embeddings(d_embedding=3),
        ... )
        >>> model.encoder.boxes(32, 128)[1]
        Box(left=4.0, top=0.0, right=8.0, bottom=32.0)
    """
    _check(reader, decoder, attention, embeddings, gated=gated_context, penalty=doubly_stochastic)
    grid = image_encoder_of(reader.encoder, reader.gate, channels, size)
    reads, (d_final, d_key, d_value) = _reader(reader, decoder, grid, size, mean, std)
    attends = context_of((d_final, d_key, d_value), decoder, attention)
    looks = _gated(attends, gated=gated_context)
    targets = embedding_of(target_vocabulary, embeddings.d_embedding)
    tied = embeddings.tie != "none"
    d_readout = decoder.d_readout or (embeddings.d_embedding if tied else decoder.d_state)
    if tied and d_readout != embeddings.d_embedding:
        raise OptionError(
            f"`decoder.d_readout` must be as wide as `embeddings.d_embedding`, {embeddings.d_embedding}, where the "
            f"vocabulary layer is tied to the embedding, but is {d_readout}. Leave it out, or set `tie: none`."
        )
    cell = None if reader.recurrent is None else reader.recurrent.cell
    writer = RecurrentDecoder(
        targets,
        Bridge(d_final, decoder.d_state, cell, decoder.cell, decoder.layers),
        Readout(decoder.d_state, looks[1], embeddings.d_embedding, d_readout, decoder.dropout),
        looks[0],
        query=decoder.query,
        input_feeding=decoder.input_feeding,
        dropout=decoder.dropout,
        embedding_dropout=embeddings.dropout,
        history=history_of("decoder", decoder.history),
    )
    vocabulary = vocabulary_of(targets, d_readout, tied=tied)
    return SequenceToSequence(
        reads,
        writer,
        vocabulary,
        Vocabulary(d_readout, decoder.dropout),
        reinforce=reinforce_of(attends),
        coverage=attention.coverage_loss,
        doubly_stochastic=doubly_stochastic,
    )


def _reader(
    options: ReaderOptions,
    decoder: DecoderOptions,
    grid: ImageEncoder,
    size: tuple[int, int],
    mean: Sequence[float] | None,
    std: Sequence[float] | None,
) -> tuple[ImageReader, tuple[int, int, int]]:
    """What reads an image; and the widths of its final state, its keys and its values."""
    rows, _ = grid.grid_size(*size)
    columns = None if options.columns is None else Columns(options.columns, d_item=grid.d_memory, rows=rows)
    d_item = grid.d_memory if columns is None else columns.d_memory
    recurrent = None if options.recurrent is None else RecurrentMemory(d_item, **options.recurrent._asdict())
    reader = ImageReader(
        grid,
        mean=[0.5] * grid.channels if mean is None else mean,
        std=[0.25] * grid.channels if std is None else std,
        columns=columns,
        recurrent=recurrent,
        depth=decoder.layers,
    )
    if recurrent is None:
        return reader, (d_item, d_item, d_item)
    return reader, (recurrent.d_state, recurrent.d_state, recurrent.d_state if recurrent.values == "states" else d_item)


def _gated(looks: Context, *, gated: bool) -> tuple[Attention | MultiHead | GatedLook | Summary | None, int]:
    context, width = looks
    return (GatedLook(context) if gated and isinstance(context, Attention | MultiHead) else context), width


def _check(
    reader: ReaderOptions,
    decoder: DecoderOptions,
    attention: AttentionOptions,
    embeddings: Embeddings,
    *,
    gated: bool,
    penalty: float,
) -> None:
    check_names(
        {
            **history_names("decoder", decoder.history),
            "decoder.cell": (decoder.cell, CELLS),
            "decoder.context": (decoder.context, CONTEXTS),
            "decoder.query": (decoder.query, QUERIES),
            "attention.score": (attention.score, SCORES),
            "attention.selection": (attention.selection, SELECTIONS),
            "embeddings.tie": (embeddings.tie, ("none", "decoder")),
        }
    )
    check_sizes("decoder", decoder)
    check_coverage_loss(attention.coverage_loss, decoder.context)
    if penalty < 0:
        raise OptionError(f"`doubly_stochastic` must be 0 or more, but is {penalty}.")
    if decoder.context != "attention" and (gated or penalty):
        name = "gated_context" if gated else "doubly_stochastic"
        raise OptionError(
            f"`{name}` is about looks, but `decoder.context` is {decoder.context!r}, which does not look. Leave "
            f"`{name}` out, or take `context: attention`."
        )
    if reader.recurrent is None:
        return
    check_names({"recurrent.cell": (reader.recurrent.cell, CELLS)})
    if reader.columns is None:
        raise OptionError(
            "`recurrent` reads from left to right, column by column, but `columns` is not set. Set it to `stack`, "
            "`mean` or `max`, or leave `recurrent` out."
        )
    if reader.recurrent.layers != decoder.layers:
        raise OptionError(
            "Each layer of the decoder starts from the same layer of the recurrent network, but `recurrent.layers` is "
            f"{reader.recurrent.layers} and `decoder.layers` is {decoder.layers}. Give both the same number of layers."
        )
