"""Put a network together from the names and widths of its parts."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from torch import nn

from saccade.attention import SCORES, SELECTIONS, Attention, MultiHead
from saccade.attention.selections import make_selection
from saccade.cells import CELLS
from saccade.decoders import OUTPUTS, Bridge, Decoder, Readout, RecurrentDecoder, SelfAttentionDecoder, Summary
from saccade.decoders.recurrent import Query
from saccade.encoders import RecurrentEncoder, SelfAttentionEncoder, TextEncoder
from saccade.encoders.positions import Positions
from saccade.errors import OptionError, did_you_mean
from saccade.models.coverage_loss import check_coverage_loss
from saccade.models.reinforce import Reinforce
from saccade.models.sequence_to_sequence import SequenceToSequence

PAD = 0
NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})
CONTEXTS = ("initial", "every-step", "attention")
QUERIES = ("previous-state", "current-state")
TIES = ("none", "decoder", "all")


Context = tuple[Attention | MultiHead | Summary | None, int]
"""What the decoder knows of the source at its steps, and its width."""


class Embeddings(NamedTuple):
    """The vectors of the tokens.

    Attributes:
        d_embedding: Width of a vector.
        tie: `decoder`: the vocabulary layer's weight is that of the target embedding; `all`: and that of the source
            embedding, for one vocabulary on both sides.
        dropout: Share of the vectors' entries dropped in training.
    """

    d_embedding: int = 256
    tie: Literal["none", "decoder", "all"] = "none"
    dropout: float = 0.0


class EncoderOptions(NamedTuple):
    """See `RecurrentEncoder`."""

    d_state: int = 256
    cell: str = "gru"
    layers: int = 1
    directions: int = 2
    dropout: float = 0.0

    @property
    def d_memory(self) -> int:
        """Width of an item of the memory."""
        return self.directions * self.d_state


class SelfAttentionOptions(NamedTuple):
    """See `SelfAttentionEncoder` and `SelfAttentionDecoder`; `d_model` is `embeddings.d_embedding`, too."""

    d_model: int = 256
    heads: int = 4
    layers: int = 3
    positions: Positions = "sine"
    longest: int = 512
    dropout: float = 0.0

    @property
    def d_memory(self) -> int:
        """Width of an item of the memory."""
        return self.d_model


class DecoderOptions(NamedTuple):
    """See `RecurrentDecoder`; `d_summary` and `d_readout` are `d_state` where they are not given."""

    d_state: int = 512
    cell: str = "gru"
    layers: int = 1
    context: Literal["initial", "every-step", "attention"] = "attention"
    query: Query = "previous-state"
    input_feeding: bool = False
    d_summary: int | None = None
    d_readout: int | None = None
    dropout: float = 0.0


class AttentionOptions(NamedTuple):
    """A score and a selection by name, each with its options; see `SCORES` and `SELECTIONS`.

    With several heads, `d_model` is the width of all of them together; None: as wide as the decoder's state. Of the
    `coverage_loss`, this share is added to what training makes small.
    """

    score: str = "additive"
    score_options: Mapping[str, Any] = NO_OPTIONS
    selection: str = "soft"
    selection_options: Mapping[str, Any] = NO_OPTIONS
    heads: int = 1
    d_model: int | None = None
    coverage_loss: float = 0.0


class OutputOptions(NamedTuple):
    """How what was read out becomes a distribution over the vocabulary; see `OUTPUTS`."""

    kind: str = "vocabulary"
    options: Mapping[str, Any] = NO_OPTIONS


def assemble(
    source_vocabulary: int,
    target_vocabulary: int,
    *,
    encoder: EncoderOptions | SelfAttentionOptions = EncoderOptions(),  # noqa: B008
    decoder: DecoderOptions | SelfAttentionOptions = DecoderOptions(),  # noqa: B008
    attention: AttentionOptions = AttentionOptions(),  # noqa: B008
    output: OutputOptions = OutputOptions(),  # noqa: B008
    embeddings: Embeddings = Embeddings(),  # noqa: B008
) -> SequenceToSequence:
    """Make a model of an encoder and a decoder, each recurrent or of self-attention; its weights are random.

    Args:
        source_vocabulary: How many tokens the source side knows.
        target_vocabulary: How many tokens the target side knows.
        encoder: Options of the encoder; their type says its kind.
        decoder: Options of the decoder; their type says its kind.
        attention: How a recurrent decoder looks; used with `context: attention` only.
        output: How what was read out becomes a distribution.
        embeddings: Options of the token vectors.

    Raises:
        OptionError: Parts that do not fit each other.
    """
    check_names({**_names(encoder, decoder, attention, embeddings), "output": (output.kind, OUTPUTS)})
    _check_fit(source_vocabulary, target_vocabulary, encoder, decoder, embeddings)
    _check_self_attention(encoder, decoder, attention, embeddings)
    _check_output(output.kind, decoder, attention)
    _check_copying(output.kind, decoder, source_vocabulary, target_vocabulary)
    if isinstance(decoder, DecoderOptions):
        check_coverage_loss(attention.coverage_loss, decoder.context)
    targets = embedding_of(target_vocabulary, embeddings.d_embedding)
    sources = targets if embeddings.tie == "all" else embedding_of(source_vocabulary, embeddings.d_embedding)
    d_readout = _d_readout(decoder, embeddings)
    looks = context_of((encoder.d_memory, encoder.d_memory, encoder.d_memory), decoder, attention)
    vocabulary = vocabulary_of(targets, d_readout, tied=embeddings.tie != "none")
    reader = _encoder(sources, encoder, embeddings.dropout)
    says = OUTPUTS[output.kind](d_readout, decoder.dropout, **output.options)
    writer = _decoder(targets, looks, d_readout, encoder, decoder, embeddings.dropout, apart=says.apart)
    return SequenceToSequence(
        reader, writer, vocabulary, says, reinforce=reinforce_of(looks), coverage=attention.coverage_loss
    )


def reinforce_of(looks: Context) -> Reinforce | None:
    """What rewards looks, where they are drawn."""
    attends = looks[0]
    return Reinforce() if isinstance(attends, Attention | MultiHead) and attends.selection.is_rewarded else None


def _encoder(
    embedding: nn.Embedding, encoder: EncoderOptions | SelfAttentionOptions, embedding_dropout: float
) -> TextEncoder:
    if isinstance(encoder, SelfAttentionOptions):
        return SelfAttentionEncoder(embedding, **_of_embedded(encoder), embedding_dropout=embedding_dropout)
    return RecurrentEncoder(embedding, **encoder._asdict(), embedding_dropout=embedding_dropout)


def _decoder(
    embedding: nn.Embedding,
    looks: Context,
    d_readout: int,
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    embedding_dropout: float,
    *,
    apart: bool,
) -> Decoder:
    if isinstance(decoder, SelfAttentionOptions):
        options = _of_embedded(decoder)
        return SelfAttentionDecoder(embedding, encoder.d_memory, **options, embedding_dropout=embedding_dropout)
    context, d_context = looks
    cell = encoder.cell if isinstance(encoder, EncoderOptions) else None
    return RecurrentDecoder(
        embedding,
        Bridge(encoder.d_memory, decoder.d_state, cell, decoder.cell, decoder.layers),
        Readout(decoder.d_state, d_context, embedding.embedding_dim, d_readout, decoder.dropout),
        context,
        query=decoder.query,
        input_feeding=decoder.input_feeding,
        dropout=decoder.dropout,
        embedding_dropout=embedding_dropout,
        apart=apart,
    )


def _of_embedded(options: SelfAttentionOptions) -> dict[str, Any]:
    """The options, without the width: it is that of the embedding."""
    return {name: value for name, value in options._asdict().items() if name != "d_model"}


def _d_readout(decoder: DecoderOptions | SelfAttentionOptions, embeddings: Embeddings) -> int:
    if isinstance(decoder, SelfAttentionOptions):
        return decoder.d_model
    return decoder.d_readout or (decoder.d_state if embeddings.tie == "none" else embeddings.d_embedding)


def embedding_of(vocabulary: int, width: int) -> nn.Embedding:
    """Vectors for the tokens of a vocabulary; that of the padding is 0."""
    embedding = nn.Embedding(vocabulary, width, padding_idx=PAD)
    # Of about the size that the vocabulary layer wants, since it may be the same matrix.
    nn.init.normal_(embedding.weight, std=width**-0.5)
    nn.init.zeros_(embedding.weight[PAD])
    return embedding


def vocabulary_of(embedding: nn.Embedding, d_readout: int, *, tied: bool) -> nn.Linear:
    """The layer that turns a readout into a logit for each token, with the weight of the embedding if tied."""
    vocabulary = nn.Linear(d_readout, embedding.num_embeddings)
    nn.init.zeros_(vocabulary.bias)
    if tied:
        vocabulary.weight = embedding.weight
    else:
        nn.init.xavier_uniform_(vocabulary.weight)
    return vocabulary


def context_of(
    widths: tuple[int, int, int], decoder: DecoderOptions | SelfAttentionOptions, attention: AttentionOptions
) -> Context:
    """Make what a decoder knows of the source at its steps.

    Args:
        widths: Of the encoder's final state in one layer, of a key, and of a value.
        decoder: Options of the decoder.
        attention: How it looks, if it does.
    """
    d_final, d_key, d_value = widths
    if isinstance(decoder, SelfAttentionOptions) or decoder.context == "initial":
        return None, 0
    if decoder.context == "every-step":
        d_summary = decoder.d_summary or decoder.d_state
        return Summary(d_final, d_summary), d_summary
    looks = _attention(d_key, d_value, decoder.d_state, attention)
    return looks, looks.d_context(d_value)


def _attention(d_key: int, d_value: int, d_query: int, options: AttentionOptions) -> Attention | MultiHead:
    def attention(d_query: int, d_key: int) -> Attention:
        score = SCORES[options.score](d_query=d_query, d_key=d_key, **options.score_options)
        return Attention(score, make_selection(options.selection, d_query, **options.selection_options))

    if options.heads == 1:
        return attention(d_query, d_key)
    return MultiHead(
        lambda width: attention(width, width),
        d_query=d_query,
        d_key=d_key,
        d_value=d_value,
        d_model=options.d_model or d_query,
        heads=options.heads,
    )


def _names(
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    attention: AttentionOptions,
    embeddings: Embeddings,
) -> dict[str, tuple[str, Iterable[str]]]:
    """What is named, and what there is."""
    names: dict[str, tuple[str, Iterable[str]]] = {
        "attention.score": (attention.score, SCORES),
        "attention.selection": (attention.selection, SELECTIONS),
        "embeddings.tie": (embeddings.tie, TIES),
    }
    if isinstance(encoder, EncoderOptions):
        names["encoder.cell"] = (encoder.cell, CELLS)
    if isinstance(decoder, DecoderOptions):
        names["decoder.cell"] = (decoder.cell, CELLS)
        names["decoder.context"] = (decoder.context, CONTEXTS)
        names["decoder.query"] = (decoder.query, QUERIES)
    return names


def check_names(names: dict[str, tuple[str, Iterable[str]]]) -> None:
    """Refuse a part that there is not.

    Raises:
        OptionError: Names the first such part.
    """
    for name, (value, allowed) in names.items():
        if value not in allowed:
            raise OptionError(f"`{name}` is {value!r}, which is not known. {did_you_mean(value, allowed)}")


def _check_fit(
    source_vocabulary: int,
    target_vocabulary: int,
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    embeddings: Embeddings,
) -> None:
    recurrent = isinstance(encoder, EncoderOptions) and isinstance(decoder, DecoderOptions)
    if recurrent and encoder.layers != decoder.layers:
        raise OptionError(
            "Each layer of the decoder starts from the same layer of the encoder, but `encoder.layers` is "
            f"{encoder.layers} and `decoder.layers` is {decoder.layers}. Give both the same number of layers."
        )
    d_readout = decoder.d_readout if isinstance(decoder, DecoderOptions) else None
    if embeddings.tie != "none" and d_readout not in (None, embeddings.d_embedding):
        raise OptionError(
            f"`decoder.d_readout` must be as wide as `embeddings.d_embedding`, {embeddings.d_embedding}, where the "
            f"vocabulary layer is tied to the embedding, but is {d_readout}. Leave it out, or set `tie: none`."
        )
    if embeddings.tie == "all" and source_vocabulary != target_vocabulary:
        raise OptionError(
            f"`embeddings.tie` is `all`, which needs one vocabulary for both sides, but the source has "
            f"{source_vocabulary} tokens and the target {target_vocabulary}. Set `tokenizer.shared: true`."
        )


def _check_output(kind: str, decoder: DecoderOptions | SelfAttentionOptions, attention: AttentionOptions) -> None:
    """Refuse what a sum over positions cannot be taken of."""
    if not OUTPUTS[kind].apart:
        return
    if isinstance(decoder, SelfAttentionOptions):
        raise OptionError(
            f"The output `{kind}` looks at one position a step, but a decoder of self-attention looks with every layer "
            "and head. Take `decoder: {kind: recurrent, query: current-state}`, or `output: vocabulary`."
        )
    for name, got, wanted, why in (
        ("decoder.context", decoder.context, "attention", "there must be positions to sum over"),
        ("decoder.query", decoder.query, "current-state", "a state must not know where steps before it looked"),
        ("decoder.input_feeding", decoder.input_feeding, False, "a state must not know where steps before it looked"),
        ("attention.heads", attention.heads, 1, "a step looks at one position alone"),
        ("attention.selection", attention.selection, "soft", "its weights are the shares of the positions"),
        ("attention.coverage_loss", attention.coverage_loss, 0.0, "a step looks at one position alone"),
    ):
        if got != wanted:
            raise OptionError(
                f"With the output `{kind}`, `{name}` must be {_said(wanted)}, but is {_said(got)}: {why}. Set it, or "
                "take `output: vocabulary`."
            )
    if SCORES[attention.score].state_parts:
        raise OptionError(
            f"With the output `{kind}`, `attention.score` is {attention.score!r}, which depends on earlier looks: a "
            "state must not know where steps before it looked. Take a score that remembers nothing, such as "
            "`additive`, or `output: vocabulary`."
        )


def _check_copying(
    kind: str, decoder: DecoderOptions | SelfAttentionOptions, source_vocabulary: int, target_vocabulary: int
) -> None:
    """Refuse to copy where nothing is looked at, or what is read could not be written."""
    if not OUTPUTS[kind].copies:
        return
    if isinstance(decoder, DecoderOptions) and decoder.context != "attention":
        raise OptionError(
            f"With the output `{kind}`, `decoder.context` must be attention, but is {decoder.context}: what is looked "
            "at is copied. Set it, or take `output: vocabulary`."
        )
    if source_vocabulary != target_vocabulary:
        raise OptionError(
            f"`output` is `{kind}`, which needs one vocabulary for both sides, but the source has {source_vocabulary} "
            f"tokens and the target {target_vocabulary}. Set `tokenizer.shared: true`."
        )


def _said(value: object) -> str:
    """A value as it stands in a recipe."""
    return str(value).lower()


def _check_self_attention(
    encoder: EncoderOptions | SelfAttentionOptions,
    decoder: DecoderOptions | SelfAttentionOptions,
    attention: AttentionOptions,
    embeddings: Embeddings,
) -> None:
    for side, options in (("encoder", encoder), ("decoder", decoder)):
        if isinstance(options, SelfAttentionOptions) and options.d_model != embeddings.d_embedding:
            raise OptionError(
                f"`{side}.d_model` must be as wide as `embeddings.d_embedding`, {embeddings.d_embedding}, where the "
                f"{side} is of self-attention, but is {options.d_model}. Give both the same width."
            )
    if isinstance(decoder, SelfAttentionOptions) and attention != AttentionOptions():
        name, got = next(
            (name, value)
            for name, value, usual in zip(attention._fields, attention, AttentionOptions(), strict=True)
            if value != usual
        )
        raise OptionError(
            f"`attention.{name.removesuffix('_options')}` is {got!r}, but a decoder of self-attention looks with soft, "
            "scaled dot products, and with its own heads. Leave `attention` out, set `decoder.heads`, or take a "
            "recurrent decoder."
        )
