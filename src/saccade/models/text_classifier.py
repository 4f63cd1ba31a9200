"""An encoder that reads a text, a pooling, and a layer that says what class it is of."""

from typing import final

from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.checks import check_positive
from saccade.data.text_batches import TextBatch
from saccade.encoders import TextEncoder
from saccade.models.labelling import label_layer, labelling_loss, log_probabilities
from saccade.models.loss import Loss
from saccade.models.pooling import Pooling


@final
class TextClassifier(nn.Module):
    r"""Say of what class a text is.

    $h_1, …, h_n = \text{encoder}(x_1, …, x_n), \quad s = \text{pooling}(h_1, …, h_n), \quad
    p = \text{softmax}(W s + b)$

    Args:
        encoder: Reads the texts.
        pooling: Makes one vector of what was read; `AttentionPooling` shows which words it took.
        labels: How many labels there are.
        dropout: Share of the vector's entries that is dropped in training.

    Raises:
        OptionError: No labels.

    Source:
        Yang et al. 2016, NAACL, "Hierarchical Attention Networks for Document Classification", sections 2.2 (word
        encoder, word attention) and 2.3.

    Differs:
        Words alone, without a second network over the sentences; any encoder of texts and any pooling.
    """

    def __init__(self, encoder: TextEncoder, pooling: Pooling, labels: int, *, dropout: float = 0.0) -> None:
        super().__init__()
        check_positive(labels=labels)
        self.encoder, self.pooling = encoder, pooling
        self.dropout = nn.Dropout(dropout)
        self.vocabulary = label_layer(encoder.d_memory, labels)

    def forward(self, batch: TextBatch, smoothing: float = 0.0) -> Loss:
        """The loss of labelling texts; smoothing: see `labelling_loss`."""
        log_probs = log_probabilities(self.logits(batch.texts, batch.mask))
        return labelling_loss(log_probs.gather(1, batch.labels[:, None])[:, 0], log_probs, smoothing)

    def logits(self, texts: Int[Tensor, "batch key"], mask: Bool[Tensor, "batch key"]) -> Float[Tensor, "batch label"]:
        """Score each label for each text; `mask` is True at real tokens."""
        return self.vocabulary(self.dropout(self.pooling(self.encoder(texts, mask))))
