"""A decoder of self-attention: each step looks back at what was written, and at what was read."""

from typing import NamedTuple, final

from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from saccade.attention import Prepared
from saccade.checks import check_positive
from saccade.decoders.causal_attention import CausalAttention, Past
from saccade.decoders.cross_attention import CrossAttention
from saccade.decoders.decoder import Decoded, Decoder
from saccade.encoders import Encoded
from saccade.encoders.heads import begin
from saccade.encoders.positions import PlacedTokens, Positions


class Sources(NamedTuple):
    """What is known of the sources before the first step, a row a sentence.

    Attributes:
        prepared: What each layer looks at.
        start: The state before the first step: no steps, in each layer.
    """

    prepared: tuple[Prepared, ...]
    start: tuple[Past, ...]


@final
class SelfAttentionDecoderLayer(nn.Module):
    r"""Look back, look at the source, then think about each step.

    $x' = x + \text{look back}(\text{LN}(x)), \quad y = x' + \text{look}(\text{LN}(x')), \quad
    z = y + W_2\,\text{GELU}(W_1\,\text{LN}(y))$

    Args:
        d_model: Width of an item.
        d_memory: Width of what is looked at.
        heads: How many looks at once.
        dropout: Share of what is added that is dropped in training.

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.1.

    Differs:
        The norm comes before each part, as in Dosovitskiy et al. 2021, where the paper has it after: so it learns
        without a long warm-up (Xiong et al. 2020, arXiv:2002.04745). GELU where the paper has ReLU.
    """

    def __init__(self, d_model: int, d_memory: int, heads: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.back_norm, self.look_back = nn.LayerNorm(d_model), CausalAttention(d_model, heads)
        self.look_norm, self.look = nn.LayerNorm(d_model), CrossAttention(d_model, d_memory, heads)
        self.think_norm = nn.LayerNorm(d_model)
        self.widen, self.narrow = nn.Linear(d_model, 4 * d_model), nn.Linear(4 * d_model, d_model)
        begin(self.widen)
        begin(self.narrow)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, items: Float[Tensor, "row query d_model"], past: Past, prepared: Prepared, *, weighed: bool
    ) -> tuple[Float[Tensor, "row query d_model"], Past, Float[Tensor, "row head query key"] | None]:
        """Change each step by what it sees; `weighed` asks where it looked."""
        back, past = self.look_back(self.back_norm(items), past)
        items = items + self.dropout(back)
        context, weights = self.look(self.look_norm(items), prepared, weighed=weighed)
        items = items + self.dropout(context)
        return items + self.dropout(self.narrow(F.gelu(self.widen(self.think_norm(items))))), past, weights


@final
class SelfAttentionDecoder(Decoder):
    """Write tokens with layers that look back at all that was written, and at the source.

    In training all steps go at once, each kept from seeing those after it. In a search a step goes alone: its state
    holds the keys and values of the steps before, a row a hypothesis, and their number says where the step stands. The
    source is prepared once a sentence, and its hypotheses look at it together.

    The weights that it hands out, of each head, are those of the last layer's look at the source: nothing but that
    layer's own thinking lies between this context and the token, as with a recurrent decoder. They are made at every
    step, since a search wants them; next to the vocabulary layer they cost little. Every other look is made without
    weights, but for a recorder, which sees those of all layers.

    Args:
        embedding: Turns tokens into vectors, as wide as the items.
        d_memory: Width of what was read.
        heads: How many looks at once.
        layers: How often each step looks.
        positions: `sine` or `learnt`; see `PlacedTokens`.
        longest: How many places are learnt.
        dropout: Share of what each layer adds that is dropped in training.
        embedding_dropout: Share of the placed tokens that is dropped in training.

    Raises:
        OptionError: A number below 1, a width that is odd or that the heads cannot share.

    Example:
        >>> import torch
        >>> from saccade.attention import Memory
        >>> decoder = SelfAttentionDecoder(nn.Embedding(11, 6), d_memory=5, heads=3, layers=2)
        >>> remembered = decoder.remember(Encoded(Memory(torch.zeros(2, 7, 5), torch.zeros(2, 7, 5)), ()))
        >>> decoded, state = decoder(torch.ones(2, 4, dtype=torch.long), remembered.start, remembered)
        >>> decoded.features.shape, decoded.weights.shape, state[-1].keys.shape
        (torch.Size([2, 4, 6]), torch.Size([2, 3, 4, 7]), torch.Size([2, 3, 4, 2]))

    Source:
        Vaswani et al. 2017, arXiv:1706.03762, section 3.

    Differs:
        See `SelfAttentionDecoderLayer`. The features are the last layer's items after a norm; there is no `Readout`,
        since the sum that a layer adds to holds the token, the past and the context already.
    """

    def __init__(
        self,
        embedding: nn.Embedding,
        d_memory: int,
        *,
        heads: int = 4,
        layers: int = 3,
        positions: Positions = "sine",
        longest: int = 512,
        dropout: float = 0.0,
        embedding_dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_positive(layers=layers)
        self.embedding, d_model = embedding, embedding.embedding_dim
        self.place = PlacedTokens(d_model, positions, longest)
        self.dropout = nn.Dropout(embedding_dropout)
        self.layers = nn.ModuleList(SelfAttentionDecoderLayer(d_model, d_memory, heads, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(d_model)

    @property
    def looks(self) -> bool:
        """Always."""
        return True

    def remember(self, encoded: Encoded) -> Sources:
        """Do once what does not depend on the step."""
        sentences = encoded.memory.keys[:, 0]
        layers = self._layers()
        return Sources(
            prepared=tuple(layer.look.remember(encoded.memory) for layer in layers),
            start=tuple(layer.look_back.start(sentences) for layer in layers),
        )

    def forward(
        self, written: Int[Tensor, "row query"], state: tuple[Past, ...], remembered: Sources
    ) -> tuple[Decoded, tuple[Past, ...]]:
        """Go on from `state` over the tokens `written`; see `Decoder.forward`."""
        items = self.dropout(self.place(self.embedding(written), first=state[0].keys.shape[2]))
        pasts: list[Past] = []
        weights, layers = None, self._layers()
        for layer, past, prepared in zip(layers, state, remembered.prepared, strict=True):
            items, past, weights = layer(items, past, prepared, weighed=layer is layers[-1])
            pasts.append(past)
        return Decoded(self.norm(items), weights), tuple(pasts)

    def _layers(self) -> list[SelfAttentionDecoderLayer]:
        return [layer for layer in self.layers if isinstance(layer, SelfAttentionDecoderLayer)]
