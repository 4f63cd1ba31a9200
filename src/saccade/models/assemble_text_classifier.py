"""Put a classifier of texts together from the names and options of its parts."""

from saccade.cells import CELLS
from saccade.checks import check_known
from saccade.errors import OptionError
from saccade.models.assemble import embedding_of, encoder_of
from saccade.models.assemble_classifier import Part
from saccade.models.fit import check_sizes, check_width
from saccade.models.options import Embeddings, EncoderOptions, SelfAttentionOptions
from saccade.models.pooling import POOLINGS
from saccade.models.text_classifier import TextClassifier


def assemble_text_classifier(
    vocabulary: int,
    labels: int,
    *,
    encoder: EncoderOptions | SelfAttentionOptions = EncoderOptions(),  # noqa: B008
    pooling: Part = ("attention", {}),
    embeddings: Embeddings = Embeddings(),  # noqa: B008
    dropout: float = 0.0,
) -> TextClassifier:
    """Make a classifier of texts; its weights are random.

    Args:
        vocabulary: How many tokens there are.
        labels: How many labels there are.
        encoder: Options of the encoder; their type says its kind.
        pooling: A name in `POOLINGS`, and its options.
        embeddings: Options of the token vectors; nothing is tied to them.
        dropout: Share of the pooled vector's entries that is dropped in training.

    Raises:
        OptionError: A part that there is not, or parts that do not fit each other.

    Example:
        >>> model = assemble_text_classifier(11, 3, encoder=EncoderOptions(d_state=5))
        >>> type(model.pooling).__name__, model.vocabulary.weight.shape
        ('AttentionPooling', torch.Size([3, 10]))
    """
    kind, options = pooling
    check_known("pooling.kind", kind, POOLINGS)
    if kind == "class-token":
        raise OptionError(
            "`pooling.kind` is 'class-token', but an encoder of texts has none. Take `attention`, which shows the "
            "words that decide, or `mean`."
        )
    if isinstance(encoder, EncoderOptions):
        check_known("encoder.cell", encoder.cell, CELLS)
    check_sizes("encoder", encoder)
    check_width("encoder", encoder, embeddings)
    reader = encoder_of(embedding_of(vocabulary, embeddings.d_embedding), encoder, embeddings.dropout)
    return TextClassifier(reader, POOLINGS[kind](reader.d_memory, **options), labels, dropout=dropout)
