"""Put together what guesses hidden tokens."""

from saccade.cells import CELLS
from saccade.models.assemble import embedding_of, encoder_of, vocabulary_of
from saccade.models.fit import check_names, check_sizes, check_width
from saccade.models.masked_language_model import MaskedLanguageModel
from saccade.models.options import Embeddings, EncoderOptions, SelfAttentionOptions


def assemble_masked(
    vocabulary: int,
    *,
    encoder: EncoderOptions | SelfAttentionOptions = SelfAttentionOptions(),  # noqa: B008
    embeddings: Embeddings = Embeddings(),  # noqa: B008
) -> MaskedLanguageModel:
    """Make an encoder that guesses hidden tokens, recurrent or of self-attention; its weights are random.

    Args:
        vocabulary: How many tokens there are; the mask is one more, the last row of the embedding.
        encoder: Options of the encoder; their type says its kind.
        embeddings: Options of the token vectors; the vocabulary layer is always tied to them.

    Raises:
        OptionError: Parts that do not exist, or do not fit each other.

    Example:
        >>> model = assemble_masked(7, encoder=EncoderOptions(d_state=5), embeddings=Embeddings(d_embedding=3))
        >>> model.vocabulary.weight is model.encoder.embedding.weight, tuple(model.vocabulary.weight.shape)
        (True, (8, 3))
    """
    if isinstance(encoder, EncoderOptions):
        check_names({"encoder.cell": (encoder.cell, CELLS)})
    check_sizes("encoder", encoder)
    check_width("encoder", encoder, embeddings)
    tokens = embedding_of(vocabulary + 1, embeddings.d_embedding)
    reader = encoder_of(tokens, encoder, embeddings.dropout)
    return MaskedLanguageModel(reader, vocabulary_of(tokens, embeddings.d_embedding, tied=True))
