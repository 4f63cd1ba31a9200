"""Put a network together from the names and widths of its parts."""

from typing import Any

from torch import nn

from saccade.attention import SCORES, Attention, MultiHead
from saccade.attention.selections import make_selection
from saccade.decoders import OUTPUTS, Bridge, Decoder, Readout, RecurrentDecoder, SelfAttentionDecoder, Summary
from saccade.encoders import RecurrentEncoder, SelfAttentionEncoder, TextEncoder
from saccade.encoders.recurrence import MakeHistory
from saccade.errors import OptionError
from saccade.models.fit import check_fit
from saccade.models.options import (
    AttentionOptions,
    DecoderOptions,
    Embeddings,
    EncoderOptions,
    HistoryOptions,
    OutputOptions,
    SelfAttentionOptions,
)
from saccade.models.reinforce import Reinforce
from saccade.models.sequence_to_sequence import SequenceToSequence

PAD = 0
Context = tuple[Attention | MultiHead | Summary | None, int]
"""What the decoder knows of the source at its steps, and its width."""


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
    check_fit((source_vocabulary, target_vocabulary), encoder, decoder, attention, output, embeddings)
    targets = embedding_of(target_vocabulary, embeddings.d_embedding)
    sources = targets if embeddings.tie == "all" else embedding_of(source_vocabulary, embeddings.d_embedding)
    d_readout = _d_readout(decoder, embeddings)
    looks = context_of((encoder.d_memory, encoder.d_memory, encoder.d_memory), decoder, attention)
    vocabulary = vocabulary_of(targets, d_readout, tied=embeddings.tie != "none")
    reader = encoder_of(sources, encoder, embeddings.dropout)
    says = OUTPUTS[output.kind](d_readout, decoder.dropout, **output.options)
    writer = _decoder(targets, looks, d_readout, encoder, decoder, embeddings.dropout, apart=says.apart)
    return SequenceToSequence(
        reader, writer, vocabulary, says, reinforce=reinforce_of(looks), coverage=attention.coverage_loss
    )


def reinforce_of(looks: Context) -> Reinforce | None:
    """What rewards looks, where they are drawn."""
    attends = looks[0]
    return Reinforce() if isinstance(attends, Attention | MultiHead) and attends.selection.is_rewarded else None


def encoder_of(
    embedding: nn.Embedding, encoder: EncoderOptions | SelfAttentionOptions, embedding_dropout: float
) -> TextEncoder:
    """Make what reads texts; the type of its options says its kind."""
    if isinstance(encoder, SelfAttentionOptions):
        return SelfAttentionEncoder(embedding, **_of_embedded(encoder), embedding_dropout=embedding_dropout)
    return RecurrentEncoder(
        embedding,
        encoder.d_state,
        cell=encoder.cell,
        layers=encoder.layers,
        directions=encoder.directions,
        dropout=encoder.dropout,
        embedding_dropout=embedding_dropout,
        history=history_of("encoder", encoder.history),
    )


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
        history=history_of("decoder", decoder.history),
    )


def history_of(side: str, options: HistoryOptions | None) -> MakeHistory | None:
    """What makes the attention of a network's look at its own past, if it does look.

    Args:
        side: `encoder` or `decoder`, for messages.
        options: How it looks.
    """
    if options is None:
        return None

    def make(d_query: int, d_key: int) -> Attention:
        try:
            score = SCORES[options.score](d_query=d_query, d_key=d_key, **options.score_options)
        except OptionError as error:
            raise OptionError(
                f"`{side}.history.score`: a query is the input beside a state, a key is a state. {error}"
            ) from None
        return Attention(score, make_selection(options.selection, d_query, **options.selection_options))

    return make


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
