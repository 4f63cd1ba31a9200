"""The fixed vector that attention was invented to beat."""

from typing import final

import torch
from jaxtyping import Float
from torch import Tensor, nn

from saccade.encoders import Encoded


@final
class Summary(nn.Module):
    r"""Squeeze all that was read into one vector, the same at every step.

    $c = \tanh(V h)$, where h is the final state of the encoder's top layer.

    Args:
        d_encoder: Width of the encoder's state in one layer, directions side by side.
        d_summary: Width of the vector.

    Source:
        Cho 2014, arXiv:1406.1078, section 2.2 and appendix A.1.

    Differs:
        Cho also starts the decoder from the summary; here it starts from the encoder's states, as every decoder does
        (see `Bridge`), so that the three contexts differ in nothing else.
    """

    def __init__(self, d_encoder: int, d_summary: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(d_encoder, d_summary)
        self.d_summary = d_summary

    def forward(self, encoded: Encoded) -> Float[Tensor, "batch d_summary"]:
        return torch.tanh(self.squeeze(encoded.states[-1][0]))
