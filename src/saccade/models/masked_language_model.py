"""An encoder that reads a text with hidden tokens, and a layer that guesses them."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from saccade.data.masked_batches import MaskedBatch
from saccade.decoders.vocabulary import VocabularyOutput
from saccade.encoders import TextEncoder
from saccade.models.loss import Loss


@final
class MaskedLanguageModel(nn.Module):
    r"""Guess hidden tokens from all that stands around them.

    $p(x_t \mid \tilde x) = \text{softmax}(E\,\text{LN}(\text{GELU}(W h_t + b)) + c)$, with $h_t$ the item of the text
    with hidden tokens $\tilde x$, and $E$ the embedding of the tokens, the mask among them

    Args:
        encoder: Reads the text.
        vocabulary: Turns what was read into a logit for each token; its weight is that of the embedding.

    Example:
        >>> from saccade.encoders import SelfAttentionEncoder
        >>> encoder = SelfAttentionEncoder(nn.Embedding(8, 6), heads=3, layers=2)
        >>> model = MaskedLanguageModel(encoder, nn.Linear(6, 8))
        >>> source, mask = torch.tensor([[4, 7, 6, 2, 0]]), torch.tensor([[True, True, True, True, False]])
        >>> model.logits(source, mask, places=torch.tensor([1])).shape
        torch.Size([1, 8])

    Source:
        Devlin, Chang, Lee, Toutanova 2019, arXiv:1810.04805, section 3.1, task 1; the layer before the vocabulary is
        that of the authors' code.

    Differs:
        The encoder may be of self-attention with the norm before each part, where the paper has it after; or recurrent,
        both ways: its item at a place is the state that has read what stands before, and the token there, beside the
        one that has read what stands after, and the token there. Where the token is hidden, neither has seen it; where
        it was left as it is, both have, as an item of self-attention has. Read one way only, what comes after a hidden
        token says nothing about it. There is no second sentence, and no token for a class.
    """

    def __init__(self, encoder: TextEncoder, vocabulary: nn.Linear) -> None:
        super().__init__()
        width = vocabulary.in_features
        self.encoder, self.vocabulary = encoder, vocabulary
        self.transform, self.norm = nn.Linear(encoder.d_memory, width), nn.LayerNorm(width)
        nn.init.xavier_uniform_(self.transform.weight)
        nn.init.zeros_(self.transform.bias)

    def forward(self, batch: MaskedBatch, smoothing: float = 0.0) -> Loss:
        r"""The loss of guessing the chosen tokens; the others count nothing.

        With smoothing ε the target distribution is $(1 - ε) δ_y + ε / |V|$ (Szegedy 2016, arXiv:1512.00567, section 7).
        """
        features, goals = self._features(batch.source, batch.source_mask, batch.places)[None], batch.goals[None]
        output = VocabularyOutput(features, self.vocabulary)
        chosen, mean = output.log_probs(goals, torch.ones_like(goals, dtype=torch.bool), smoothed=smoothing > 0)
        log_prob = chosen.sum()
        total = -log_prob if mean is None else -((1 - smoothing) * log_prob + smoothing * mean.sum())
        return Loss(total, log_prob.detach(), torch.full((), goals.numel(), device=goals.device))

    def logits(
        self, source: Int[Tensor, "batch place"], mask: Bool[Tensor, "batch place"], places: Int[Tensor, " chosen"]
    ) -> Float[Tensor, "chosen vocab"]:
        """Score each token of the vocabulary at some places, counted over all rows one after the other."""
        return self.vocabulary(self._features(source, mask, places))

    def _features(
        self, source: Int[Tensor, "batch place"], mask: Bool[Tensor, "batch place"], places: Int[Tensor, " chosen"]
    ) -> Float[Tensor, "chosen d_embedding"]:
        items = self.encoder(source, mask).memory.values.flatten(0, 1)
        return self.norm(F.gelu(self.transform(items.index_select(0, places))))
