"""Copying: a token is written from the vocabulary, or taken from the source."""

from typing import ClassVar, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from saccade.attention import State
from saccade.data.pieces import UNKNOWN
from saccade.decoders.decoder import Decoded
from saccade.decoders.output import Output, OutputLayer, TargetLogProbs
from saccade.decoders.vocabulary import VocabularyOutput


@final
class Copying(OutputLayer):
    r"""Write a token of the vocabulary, or copy what is looked at (pointer-generator).

    $p(y) = g\, p_V(y) + (1 - g) \sum_{k:\, x_k = y} \alpha_k, \quad g = \sigma(u \cdot t + b)$

    with the readout $t$ and the weights $\alpha$ of the look; several heads count alike. Source and target need one
    vocabulary. Unknown words are copied out: in training an unknown word of the target is one of the source, and in a
    search each unknown position $k$ is a token of its own, number $|V| + k$, which is written as it stands there.

    Source:
        See, Liu, Manning 2017, arXiv:1704.04368, equations 8 and 9.

    Differs:
        The paper's $g$ is read off the context, the state and the last token: here, off the readout, which is made of
        these three, and so of what is fed in where there is input feeding. Training does not tell unknown words apart.
    """

    copies: ClassVar[bool] = True

    def __init__(self, d_readout: int, dropout: float = 0.0) -> None:
        super().__init__(d_readout, dropout)
        self.writes = nn.Linear(d_readout, 1)

    def forward(
        self, decoded: Decoded, vocabulary: nn.Linear, written: Int[Tensor, "row query"], state: State = None
    ) -> Output:
        return CopyingOutput(decoded, vocabulary, self.writes(decoded.features).squeeze(-1))


@final
class CopyingOutput(Output):
    """A vocabulary mixed with copying.

    Args:
        decoded: Readouts, weights, and the source that may be copied.
        vocabulary: Turns a readout into a logit for each token.
        writes: How readily each step writes and does not copy, as the logit of a share.
    """

    def __init__(self, decoded: Decoded, vocabulary: nn.Linear, writes: Float[Tensor, "row query"]) -> None:
        assert decoded.source is not None
        assert decoded.weights is not None
        self.plain = VocabularyOutput(decoded.features, vocabulary, decoded.weights)
        self.weights = decoded.weights.mean(1) if decoded.weights.dim() == 4 else decoded.weights
        self.source = decoded.source.repeat_interleave(len(self.weights) // len(decoded.source), 0)
        writes = writes.to(self.weights.dtype)
        self.log_copy = functional.logsigmoid(-writes)
        # What is not looked at is not copied: weights may sum to less than 1.
        elsewhere = (1 - self.weights.sum(-1)).clamp_min(torch.finfo(writes.dtype).tiny).log()
        self.log_write = torch.logaddexp(functional.logsigmoid(writes), self.log_copy + elsewhere)

    def log_probs(
        self, target: Int[Tensor, "batch query"], mask: Bool[Tensor, "batch query"], *, smoothed: bool = True
    ) -> TargetLogProbs:
        goal, weights, shares = target[mask], self.weights[mask], (self.log_write[mask], self.log_copy[mask])
        source = self.source[:, None].expand(-1, mask.shape[1], -1)[mask]
        if not smoothed:
            copied = (weights * (source == goal[:, None])).sum(-1)
            return TargetLogProbs(
                _mixed(self.plain.log_probs(target, mask, smoothed=False).chosen, copied, *shares), None
            )
        log_probs = _of_vocabulary(self.plain.features[mask], self.plain.vocabulary, source, weights, *shares)
        return TargetLogProbs(log_probs.gather(1, goal[:, None]).squeeze(1), log_probs.mean(1))

    def next_log_probs(self) -> Float[Tensor, "batch vocab"]:
        """Of the vocabulary, and then of each position of the source, where an unknown word stands there."""
        unknown, last = self.source == UNKNOWN, self.weights[:, -1]
        known = torch.where(unknown, 0.0, last)
        shares = self.log_write[:, -1], self.log_copy[:, -1]
        log_probs = _of_vocabulary(self.plain.features[:, -1], self.plain.vocabulary, self.source, known, *shares)
        # Where nothing is looked at, the logarithm would have no gradient that is a number.
        copied = unknown & (last > 0)
        copied_out = torch.where(copied, shares[1][:, None] + torch.where(copied, last, 1.0).log(), -torch.inf)
        return torch.cat([log_probs, copied_out], 1)

    def looked(self) -> Float[Tensor, "batch key"] | None:
        return self.plain.looked()


def _of_vocabulary(
    features: Float[Tensor, "step d_readout"],
    vocabulary: nn.Linear,
    source: Int[Tensor, "step key"],
    weights: Float[Tensor, "step key"],
    log_write: Float[Tensor, " step"],
    log_copy: Float[Tensor, " step"],
) -> Float[Tensor, "step vocab"]:
    """Log-probability of every token of the vocabulary, written or copied."""
    log_probs = vocabulary(features).log_softmax(-1, dtype=weights.dtype)
    copied = torch.zeros_like(log_probs).scatter_add(1, source, weights)
    return _mixed(log_probs, copied, log_write[:, None], log_copy[:, None])


def _mixed(written: Tensor, copied: Tensor, log_write: Tensor, log_copy: Tensor) -> Tensor:
    """Log-probability of tokens, from that of being written and the weight of where they could be copied from."""
    written = log_write + written
    copied_log = log_copy + copied.clamp_min(torch.finfo(copied.dtype).tiny).log()
    return torch.where(copied > 0, torch.logaddexp(written, copied_log), written)
