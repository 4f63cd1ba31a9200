"""What each step would write if it looked at one position alone: a distribution for each of them."""

from collections.abc import Callable
from typing import Final, NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from saccade.decoders.decoder import Positions

LOGITS_AT_ONCE: Final = 2**22
"""How many logits there are at a time; those of the other steps are made anew on the way back."""

NEVER: Final = -1e30
"""Log-probability of what cannot be: finite, since the difference of two infinities is no number."""


@final
class Emissions(NamedTuple):
    r"""Emission distributions $p(v \mid s_t, h_k)$ of steps $t$ and positions $k$.

    They are as many times larger than an ordinary output as there are positions, so they are never whole: steps are
    taken a few at a time, and their logits are made again on the way back.

    Attributes:
        steps: The share of each step in a readout, before the tanh.
        sentence: Which sentence each step belongs to.
        positions: The share of each position.
        vocabulary: Turns a readout into a logit for each token.
        dropout: Share of the readouts that is dropped.
    """

    steps: Float[Tensor, "step d_readout"]
    sentence: Int[Tensor, " step"]
    positions: Float[Tensor, "sentence key d_readout"]
    vocabulary: nn.Linear
    dropout: float

    @classmethod
    def of(
        cls,
        features: Float[Tensor, "row query d_readout"],
        positions: Positions,
        vocabulary: nn.Linear,
        dropout: float,
    ) -> "Emissions":
        """Those of all steps of all rows, in row-major order; the rows of a sentence lie one after the other."""
        rows, steps, _ = features.shape
        each = rows * steps // len(positions.features)
        sentence = torch.arange(len(positions.features), device=features.device).repeat_interleave(each)
        return cls(features.flatten(0, 1), sentence, positions.features, vocabulary, dropout)

    def of_tokens(self, tokens: Int[Tensor, " step"]) -> Float[Tensor, "step key"]:
        """Log-probability of each step's token, at each position."""

        def chosen(log_probs: Tensor, token: Tensor) -> Tensor:
            return log_probs.gather(2, token[:, None, None].expand(-1, log_probs.shape[1], 1)).squeeze(2)

        return self._each(chosen, tokens)

    def all(self) -> Float[Tensor, "step key vocab"]:
        """Log-probability of every token, at each position: for a layer with few outputs."""
        return self._each(lambda log_probs, _: log_probs, self.sentence)

    def mixed(self, weights: Float[Tensor, "step key"]) -> Float[Tensor, "step vocab"]:
        """Log-probability of every token, positions mixed by these logarithms of their shares."""
        return self._each(lambda log_probs, shares: (log_probs + shares[:, :, None]).logsumexp(1), weights)

    def _each(self, take: Callable[[Tensor, Tensor], Tensor], of_step: Tensor) -> Tensor:
        """What is taken of the log-probabilities (step, key, vocab), a few steps at a time."""
        logits_a_step = self.positions.shape[1] * self.vocabulary.out_features
        parts = [part.split(max(1, LOGITS_AT_ONCE // logits_a_step)) for part in (self.steps, self.sentence, of_step)]

        def taken(steps: Tensor, sentence: Tensor, of_step: Tensor) -> Tensor:
            return take(self._log_probs(steps, sentence), of_step)

        if len(parts[0]) == 1:
            return taken(self.steps, self.sentence, of_step)
        chunks = [checkpoint(taken, *chunk, use_reentrant=False) for chunk in zip(*parts, strict=True)]
        return torch.cat(chunks)

    def _log_probs(self, steps: Tensor, sentence: Tensor) -> Float[Tensor, "step key vocab"]:
        readout = torch.tanh(steps[:, None] + self.positions.index_select(0, sentence))
        logits = self.vocabulary(functional.dropout(readout, self.dropout))
        return logits.log_softmax(-1, dtype=torch.promote_types(logits.dtype, torch.float32))


def log_shares(
    weights: Float[Tensor, "row query key"], mask: Bool[Tensor, "sentence key"] | None
) -> Float[Tensor, "row query key"]:
    """Logarithms of the shares of positions, `NEVER` for those that may not be looked at.

    Where none may be, all is looked for at the first one, whose value is 0 then, as the context of such a row is.
    """
    tiny = torch.finfo(weights.dtype).tiny
    if mask is None:
        return weights.clamp_min(tiny).log()
    mask = mask.repeat_interleave(len(weights) // len(mask), 0)[:, None]
    nowhere = ~mask.any(-1, keepdim=True)
    first = torch.arange(mask.shape[-1], device=mask.device) == 0
    shares = torch.where(nowhere, 1.0, weights)
    return torch.where(mask | (nowhere & first), shares.clamp_min(tiny).log(), NEVER)


def one_hot_of_best(
    shares: Float[Tensor, "row key"], mask: Bool[Tensor, "sentence key"] | None
) -> Float[Tensor, "row key"]:
    """1 for the likeliest position of each row; nothing where no position may be looked at."""
    best = functional.one_hot(shares.argmax(-1), shares.shape[-1]).to(shares.dtype)
    if mask is None:
        return best
    return torch.where(mask.repeat_interleave(len(shares) // len(mask), 0), best, 0.0)
