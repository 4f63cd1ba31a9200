"""What a decoder says after a step."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional


@final
class Readout(nn.Module):
    r"""Mix the state, the context and the token just written into what the vocabulary layer reads.

    $t = \tanh(W [s; c; e] + b)$

    Args:
        d_state: Width of the decoder's state.
        d_context: Width of a context; 0 where the decoder has none.
        d_embedding: Width of an embedded token.
        d_readout: Width of what comes out.
        dropout: Share of the readout that is dropped in training.

    Source:
        Bahdanau 2015, arXiv:1409.0473, A.2.2 (deep output); Luong 2015, arXiv:1508.04025, equation 5.

    Differs:
        tanh, as in Luong, where Bahdanau has maxout; the state is that after the step, as in Luong, where Bahdanau has
        the one before it; the token enters, as in Bahdanau, which Luong leaves out. All decoders have the same readout,
        so that they differ in their context alone.
    """

    def __init__(self, d_state: int, d_context: int, d_embedding: int, d_readout: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.widths = [d_state, d_context, d_embedding]
        self.d_context = d_context
        self.mix = nn.Linear(d_state + d_context + d_embedding, d_readout)
        nn.init.xavier_uniform_(self.mix.weight)
        nn.init.zeros_(self.mix.bias)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        shown: Float[Tensor, "*steps d_state"],
        context: Float[Tensor, "*steps d_context"] | None,
        embedded: Float[Tensor, "*steps d_embedding"],
        mix: Callable[[Tensor], Tensor] | None = None,
    ) -> Float[Tensor, "*steps d_readout"]:
        """Read out one step or all; `mix` stands in for the layer where it is applied step by step (`Repeated`)."""
        seen = [shown, embedded] if context is None else [shown, context, embedded]
        return self.dropout(torch.tanh((mix or self.mix)(torch.cat(seen, dim=-1))))

    def of_steps(
        self, shown: Float[Tensor, "*steps d_state"], embedded: Float[Tensor, "*steps d_embedding"]
    ) -> Float[Tensor, "*steps d_readout"]:
        """What steps put into their readouts, whatever they look at, before the tanh."""
        from_state, _, from_token = self.mix.weight.split(self.widths, dim=1)
        return functional.linear(shown, from_state, self.mix.bias) + functional.linear(embedded, from_token)

    def of_values(self, values: Float[Tensor, "*values d_context"]) -> Float[Tensor, "*values d_readout"]:
        """What values put into the readout of a step that looks at one of them alone, before the tanh."""
        return functional.linear(values, self.mix.weight.split(self.widths, dim=1)[1])
