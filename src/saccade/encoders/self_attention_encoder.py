"""A network of self-attention that reads a sequence of tokens."""

from typing import final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from saccade.attention import Memory
from saccade.encoders.encoded import Encoded
from saccade.encoders.positions import PlacedTokens, Positions
from saccade.encoders.self_attention import SelfAttentionLayers
from saccade.encoders.text_encoder import TextEncoder


@final
class SelfAttentionEncoder(TextEncoder):
    r"""Read tokens all at once: each looks at all of them, layer after layer.

    Its state is the mean of the items, $s = \frac{1}{n} \sum_k h_k$, one for all layers of a decoder: it starts a
    recurrent one, and is what a fixed context is made of. A decoder of self-attention needs none.

    Args:
        embedding: Turns tokens into vectors, as wide as the items.
        heads: How many looks at once.
        layers: How often the tokens look at each other.
        positions: `sine` or `learnt`; see `PlacedTokens`.
        longest: How many places are learnt.
        dropout: Share of what each layer adds that is dropped in training.
        embedding_dropout: Share of the placed tokens that is dropped in training.

    Raises:
        OptionError: A number below 1, a width that is odd or that the heads cannot share.

    Example:
        >>> encoder = SelfAttentionEncoder(nn.Embedding(11, 6), heads=3, layers=2)
        >>> encoded = encoder(torch.ones(2, 7, dtype=torch.long), torch.ones(2, 7, dtype=torch.bool))
        >>> encoded.memory.values.shape, encoded.states[-1][0].shape
        (torch.Size([2, 7, 6]), torch.Size([2, 6]))

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3; the norm before each part, and after the last: Dosovitskiy et
        al. 2021, arXiv:2010.11929, section 3.1.

    Differs:
        The paper's encoder has no final state. The mean is what all items share, and needs no weights; the
        last item would be as good as any other, and a token of its own (BERT's) would have to be learnt by a task that
        reads it.
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        *,
        heads: int = 4,
        layers: int = 3,
        positions: Positions = "sine",
        longest: int = 512,
        dropout: float = 0.0,
        embedding_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.embedding, self.d_memory = embedding, embedding.embedding_dim
        self.place = PlacedTokens(self.d_memory, positions, longest)
        self.dropout = nn.Dropout(embedding_dropout)
        self.look = SelfAttentionLayers(self.d_memory, heads, layers, dropout)

    def forward(self, source: Int[Tensor, "batch key"], mask: Bool[Tensor, "batch key"]) -> Encoded:
        """Read a batch of padded sequences; `mask` is True at real tokens."""
        items = self.dropout(self.place(self.embedding(source)))
        # Without padding, which is the rule in sorted batches, the kernel needs no mask.
        items = self.look(items, None if mask.all() else mask)
        return Encoded(Memory(items, items, mask), ((_mean(items, mask),),))


def _mean(items: Float[Tensor, "batch key d_model"], mask: Bool[Tensor, "batch key"]) -> Float[Tensor, "batch d_model"]:
    """The mean of the real items."""
    return torch.where(mask[..., None], items, 0.0).sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
