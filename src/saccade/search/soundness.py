"""Whether what a step says are log-probabilities, and a clear word where they are not."""

from collections.abc import Sequence
from typing import NoReturn

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.errors import DivergedError

# Half precision rounds the log-probability of a sure token to a little above 0.
_ROUNDING = 0.01


def sound(largest: Float[Tensor, " row"], running: Float[Tensor, " row"]) -> Bool[Tensor, ""]:
    """Whether the largest of every running row is a log-probability: above -inf, not NaN, not above 0."""
    return (((largest > -torch.inf) & (largest <= _ROUNDING)) | (running == -torch.inf)).all()


def refuse_unsound(
    log_probs: Float[Tensor, "row vocab"], running: Float[Tensor, " row"], sentences: Sequence[int], length: int
) -> None:
    """Say what is wrong with the log-probabilities, where something is: a row may also have no token that is allowed.

    Args:
        log_probs: What the step said.
        running: Log-probability of each row's hypothesis; -inf where it no longer counts.
        sentences: The number of each sentence of the batch, as the caller counts them.
        length: How many tokens the hypotheses would have with this one.

    Raises:
        DivergedError: Where a row has NaN, an infinite or a positive log-probability, or only -inf.
    """
    largest = log_probs.amax(1)
    unsound = ~((largest > -torch.inf) & (largest <= _ROUNDING)) & (running > -torch.inf)
    if not unsound.any():
        return
    row = int(unsound.nonzero()[0])
    value = float(largest[row])
    got = "NaN" if value != value else "-inf for every token" if value < 0 else f"{value:.4g}"
    raise DivergedError(
        f"`log_probs` of sentence {sentences[row * len(sentences) // len(running)]}, token {length}, "
        f"must be log-probabilities of at most 0, but has {got}. The model has diverged, or half precision overflowed: "
        "use weights from before that, or float32."
    )


def refuse_unwritable(sentence: int, length: int) -> NoReturn:
    """Say that nothing which is allowed has a probability above 0.

    Raises:
        DivergedError: Always.
    """
    raise DivergedError(
        f"`log_probs` of sentence {sentence}, token {length}, must leave a token that is allowed, but all of those "
        "have probability 0. Take tokens out of `forbidden`, or lower `min_length`."
    )
