"""Put a network together from the names and widths of its parts."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from torch import nn

from saccade.attention import SCORES, SELECTIONS, Attention, MultiHead
from saccade.cells import CELLS
from saccade.decoders import Bridge, Readout, RecurrentDecoder, Summary
from saccade.decoders.recurrent import Query
from saccade.encoders import RecurrentEncoder
from saccade.errors import OptionError, did_you_mean
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

    With several heads, `d_model` is the width of all of them together; None: as wide as the decoder's state.
    """

    score: str = "additive"
    score_options: Mapping[str, Any] = NO_OPTIONS
    selection: str = "soft"
    selection_options: Mapping[str, Any] = NO_OPTIONS
    heads: int = 1
    d_model: int | None = None


def assemble(
    source_vocabulary: int,
    target_vocabulary: int,
    *,
    encoder: EncoderOptions = EncoderOptions(),  # noqa: B008
    decoder: DecoderOptions = DecoderOptions(),  # noqa: B008
    attention: AttentionOptions = AttentionOptions(),  # noqa: B008
    embeddings: Embeddings = Embeddings(),  # noqa: B008
) -> SequenceToSequence:
    """Make a model of recurrent encoder and decoder; its weights are random.

    Args:
        source_vocabulary: How many tokens the source side knows.
        target_vocabulary: How many tokens the target side knows.
        encoder: Options of the encoder.
        decoder: Options of the decoder.
        attention: How the decoder looks; used with `context: attention` only.
        embeddings: Options of the token vectors.

    Raises:
        OptionError: Parts that do not fit each other.
    """
    check_names(
        {
            "encoder.cell": (encoder.cell, CELLS),
            "decoder.cell": (decoder.cell, CELLS),
            "decoder.context": (decoder.context, CONTEXTS),
            "decoder.query": (decoder.query, QUERIES),
            "attention.score": (attention.score, SCORES),
            "attention.selection": (attention.selection, SELECTIONS),
            "embeddings.tie": (embeddings.tie, TIES),
        }
    )
    _check_fit(source_vocabulary, target_vocabulary, encoder, decoder, embeddings)
    targets = embedding_of(target_vocabulary, embeddings.d_embedding)
    sources = targets if embeddings.tie == "all" else embedding_of(source_vocabulary, embeddings.d_embedding)
    d_readout = decoder.d_readout or (decoder.d_state if embeddings.tie == "none" else embeddings.d_embedding)
    d_memory = encoder.directions * encoder.d_state
    looks = context_of((d_memory, d_memory, d_memory), decoder, attention)
    vocabulary = vocabulary_of(targets, d_readout, tied=embeddings.tie != "none")
    reader = RecurrentEncoder(sources, **encoder._asdict(), embedding_dropout=embeddings.dropout)
    writer = _decoder(targets, looks, d_readout, encoder, decoder, embeddings.dropout)
    return SequenceToSequence(reader, writer, vocabulary)


def _decoder(
    embedding: nn.Embedding,
    looks: Context,
    d_readout: int,
    encoder: EncoderOptions,
    decoder: DecoderOptions,
    embedding_dropout: float,
) -> RecurrentDecoder:
    context, d_context = looks
    return RecurrentDecoder(
        embedding,
        Bridge(encoder.directions * encoder.d_state, decoder.d_state, encoder.cell, decoder.cell, decoder.layers),
        Readout(decoder.d_state, d_context, embedding.embedding_dim, d_readout, decoder.dropout),
        context,
        query=decoder.query,
        input_feeding=decoder.input_feeding,
        dropout=decoder.dropout,
        embedding_dropout=embedding_dropout,
    )


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


def context_of(widths: tuple[int, int, int], decoder: DecoderOptions, attention: AttentionOptions) -> Context:
    """Make what a decoder knows of the source at its steps.

    Args:
        widths: Of the encoder's final state in one layer, of a key, and of a value.
        decoder: Options of the decoder.
        attention: How it looks, if it does.
    """
    d_final, d_key, d_value = widths
    if decoder.context == "initial":
        return None, 0
    if decoder.context == "every-step":
        d_summary = decoder.d_summary or decoder.d_state
        return Summary(d_final, d_summary), d_summary
    looks = _attention(d_key, d_value, decoder.d_state, attention)
    return looks, looks.d_context(d_value)


def _attention(d_key: int, d_value: int, d_query: int, options: AttentionOptions) -> Attention | MultiHead:
    selection = SELECTIONS[options.selection](**options.selection_options)
    score = SCORES[options.score]
    if options.heads == 1:
        return Attention(score(d_query=d_query, d_key=d_key, **options.score_options), selection)
    return MultiHead(
        lambda width: Attention(score(d_query=width, d_key=width, **options.score_options), selection),
        d_query=d_query,
        d_key=d_key,
        d_value=d_value,
        d_model=options.d_model or d_query,
        heads=options.heads,
    )


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
    encoder: EncoderOptions,
    decoder: DecoderOptions,
    embeddings: Embeddings,
) -> None:
    if encoder.layers != decoder.layers:
        raise OptionError(
            "Each layer of the decoder starts from the same layer of the encoder, but `encoder.layers` is "
            f"{encoder.layers} and `decoder.layers` is {decoder.layers}. Give both the same number of layers."
        )
    if embeddings.tie != "none" and decoder.d_readout not in (None, embeddings.d_embedding):
        raise OptionError(
            f"`decoder.d_readout` must be as wide as `embeddings.d_embedding`, {embeddings.d_embedding}, where the "
            f"vocabulary layer is tied to the embedding, but is {decoder.d_readout}. Leave it out, or set `tie: none`."
        )
    if embeddings.tie == "all" and source_vocabulary != target_vocabulary:
        raise OptionError(
            f"`embeddings.tie` is `all`, which needs one vocabulary for both sides, but the source has "
            f"{source_vocabulary} tokens and the target {target_vocabulary}. Set `tokenizer.shared: true`."
        )
