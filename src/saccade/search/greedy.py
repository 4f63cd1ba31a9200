"""Greedy search: always the likeliest token."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from saccade.search.candidates import Allowed, best
from saccade.search.hypothesis import Hypothesis
from saccade.search.limits import Limits, at_least
from saccade.search.path import Choice, Choose, write_paths
from saccade.search.step import Step


@torch.no_grad()
def greedy(
    step: Step,
    *,
    begin: int,
    end: int,
    max_lengths: Sequence[int],
    min_length: int = 0,
    forbidden: Sequence[int] = (),
    length_penalty: float = 1.0,
) -> list[list[Hypothesis]]:
    """Write the likeliest token at each step; of equally likely ones, the lowest.

    Args:
        step: The model over sources that it has read.
        begin: The token that hypotheses start from.
        end: The token that finishes one.
        max_lengths: The most tokens for each sentence, `end` counted.
        min_length: The fewest tokens of a finished hypothesis, `end` counted.
        forbidden: Tokens that are never written.
        length_penalty: For the scores, at least 0; see `length_normalised`.

    Returns:
        For each sentence one hypothesis.

    Raises:
        OptionError: For an option out of its range.
        DivergedError: Where the step gives NaN, or no token that is allowed.
    """
    limits = Limits(begin, end, tuple(max_lengths), min_length, tuple(forbidden)).check(step.sentences)
    at_least("length_penalty", length_penalty, 0)
    return write_paths(step, limits, 1, length_penalty, likeliest(limits)).hypotheses()


def likeliest(limits: Limits) -> Choose:
    """Choose the likeliest token that the limits allow."""
    known: dict[bool, Allowed] = {}

    def choose(log_probs: Float[Tensor, "row vocab"], length: int, sentences: Sequence[int]) -> Choice:
        nothing_yet = log_probs.new_zeros(len(log_probs), 1)
        candidates, top = best(log_probs, nothing_yet, 1, limits.allowed_at(length, log_probs, known))
        return Choice(candidates.token.flatten(), top)

    return choose
