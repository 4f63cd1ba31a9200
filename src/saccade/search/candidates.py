"""The best continuations of each sentence's hypotheses, exactly, without sorting them all."""

from collections.abc import Sequence
from typing import NamedTuple, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

# Fastest of 16 … 256 for 250 rows of 7,700 tokens.
_LANES = 64
# From here on, sorting is faster than taking the largest again and again.
_FEW = 16


@final
class Candidates(NamedTuple):
    """The best continuations of each sentence, best first; equal ones by hypothesis, then by token.

    Args:
        log_prob: Log-probability of hypothesis and token together; -inf where there are fewer candidates.
        parent: The hypothesis that is continued.
        token: The token it is continued with.
    """

    log_prob: Float[Tensor, "sentence beam"]
    parent: Int[Tensor, "sentence beam"]
    token: Int[Tensor, "sentence beam"]


@final
class Allowed:
    """The tokens that may be written, in blocks of the vocabulary.

    Args:
        vocabulary_size: How many tokens there are.
        barred: Those that may not be written.
        device: Where the log-probabilities lie.
    """

    def __init__(self, vocabulary_size: int, barred: Sequence[int], device: torch.device) -> None:
        self.vocabulary_size = vocabulary_size
        self.blocks = -(-vocabulary_size // _LANES)
        self.whole_blocks = vocabulary_size // _LANES
        self.lanes = torch.arange(_LANES, device=device)
        bias = torch.zeros(self.blocks * _LANES)
        bias[vocabulary_size:] = -torch.inf
        bias[list(barred)] = -torch.inf
        self.barred = torch.tensor(sorted(set(barred)), dtype=torch.long, device=device)
        self.bias = bias.view(self.blocks, _LANES).to(device)
        self.touched = self.bias.isinf().any(1).nonzero().flatten()
        self._touched_tokens = self.tokens(self.touched).flatten()

    def tokens(self, blocks: Int[Tensor, "*block"]) -> Int[Tensor, "*block lane"]:
        """The tokens of blocks; those past the end of the vocabulary, which are never allowed, become its last."""
        return (blocks[..., None] * _LANES + self.lanes).clamp_(max=self.vocabulary_size - 1)

    def maxima(self, log_probs: Float[Tensor, "row vocab"]) -> Float[Tensor, "row block"]:
        """The largest allowed log-probability of each block, -inf where none is allowed."""
        whole = log_probs[:, : self.whole_blocks * _LANES].unflatten(1, (self.whole_blocks, _LANES)).amax(2)
        if not len(self.touched):
            return whole
        touched = log_probs.index_select(1, self._touched_tokens).unflatten(1, (-1, _LANES))
        maxima = torch.nn.functional.pad(whole, (0, self.blocks - self.whole_blocks))
        return maxima.index_copy_(1, self.touched, (touched + self.bias[self.touched]).amax(2).to(maxima.dtype))


def best(
    log_probs: Float[Tensor, "row vocab"],
    running: Float[Tensor, "sentence hypothesis"],
    count: int,
    allowed: Allowed,
) -> tuple[Candidates, Float[Tensor, " row"]]:
    r"""Find the best continuations of each sentence's hypotheses, as a sort of all of them would.

    With the vocabulary in blocks, the best n continuations lie in the n blocks whose largest elements come first:
    an element of another block has n elements before it. So one pass reads the log-probabilities, and the rest is
    done on n blocks. Ties go to the lower hypothesis, then to the lower token, on both levels.

    Args:
        log_probs: What the step said, sentence-major.
        running: Log-probability of each hypothesis so far; -inf for one that must not be continued.
        count: How many continuations are wanted a sentence.
        allowed: The tokens that may be written.

    Returns:
        `count` continuations, or as many as there are places in the blocks, where those are fewer; and the
        log-probability of each row's likeliest allowed token.
    """
    sentences, hypotheses = running.shape
    maxima = allowed.maxima(log_probs)
    totals = maxima.unflatten(0, (sentences, hypotheses)) + running[:, :, None]
    chosen = first_largest(totals.flatten(1), min(count, hypotheses * allowed.blocks))
    # In their old order again, so that the first of equal ones is the lowest.
    chosen = chosen.sort(1).values
    parent, block = chosen // allowed.blocks, chosen % allowed.blocks
    tokens = allowed.tokens(block)
    first_row = torch.arange(sentences, device=running.device)[:, None] * hypotheses
    inside = log_probs.take((first_row + parent)[:, :, None] * log_probs.shape[1] + tokens) + allowed.bias[block]
    totals = (inside + running.gather(1, parent)[:, :, None]).flatten(1)
    place = first_largest(totals, min(count, totals.shape[1]))
    candidates = Candidates(
        log_prob=totals.gather(1, place),
        parent=parent.gather(1, place // _LANES),
        token=tokens.flatten(1).gather(1, place),
    )
    return candidates, maxima.amax(1)


def first_largest(values: Float[Tensor, "sentence place"], count: int) -> Int[Tensor, "sentence beam"]:
    """Find the places of the largest values, largest first, the lower place first where they are equal.

    `torch.topk` leaves open which of equal values it takes.

    Example:
        >>> first_largest(torch.tensor([[3.0, 7.0, 7.0, 5.0]]), 3)
        tensor([[1, 2, 3]])
    """
    if count > _FEW:
        return values.sort(dim=1, descending=True, stable=True).indices[:, :count]
    # What was taken must stay below what is -inf itself, or it would be taken again.
    left = values.clamp(min=torch.finfo(values.dtype).min)
    places: list[Tensor] = []
    for _ in range(count):
        places.append(left.max(dim=1, keepdim=True).indices)
        left.scatter_(1, places[-1], -torch.inf)
    return torch.cat(places, dim=1)
