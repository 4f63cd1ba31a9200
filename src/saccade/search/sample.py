"""Sampling: tokens drawn from the model's distribution, or from its likely part."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from saccade.errors import OptionError
from saccade.search.candidates import Allowed
from saccade.search.greedy import likeliest
from saccade.search.hypothesis import Hypothesis
from saccade.search.limits import Limits, at_least
from saccade.search.path import Choose, write_paths
from saccade.search.step import Step

# The likeliest few hold the mass that is wanted nearly always; sorting them all takes much longer.
_LIKELY = 256


@torch.no_grad()
def sample(
    step: Step,
    *,
    begin: int,
    end: int,
    max_lengths: Sequence[int],
    min_length: int = 0,
    forbidden: Sequence[int] = (),
    samples: int = 1,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seeds: Sequence[int],
    length_penalty: float = 1.0,
) -> list[list[Hypothesis]]:
    r"""Draw tokens from $p^{1/T}$, cut to the `top_k` likeliest and then to those that make up `top_p`.

    What a sentence gets depends on its seed alone, not on its batch; sample k is the same however many are drawn.

    Args:
        step: The model over sources that it has read.
        begin: The token that hypotheses start from.
        end: The token that finishes one.
        max_lengths: The most tokens for each sentence, `end` counted.
        min_length: The fewest tokens of a finished hypothesis, `end` counted.
        forbidden: Tokens that are never written.
        samples: How many hypotheses a sentence, at least 1.
        temperature: $T$, at least 0: below 1 sharper, 0 the likeliest token always.
        top_k: How many of the likeliest tokens may be drawn, at least 1; those as likely as the last of them too.
        top_p: The smallest number of likeliest tokens with this mass, in (0, 1], may be drawn; those as likely as the
            last of them too. The mass is that of what the temperature and `top_k` left.
        seeds: One for each sentence, at least 0.
        length_penalty: For the scores, at least 0; see `length_normalised`.

    Returns:
        For each sentence its samples by score. Their log-probability is the model's own, not that of the distribution
        they were drawn from.

    Raises:
        OptionError: For an option out of its range.
        DivergedError: Where the step gives NaN, or no token that is allowed.

    Source:
        Fan, Lewis, Dauphin 2018, arXiv:1805.04833, section 5.2 (top-k); Holtzman et al. 2020, arXiv:1904.09751,
        section 3.1 (top-p).
    """
    limits = Limits(begin, end, tuple(max_lengths), min_length, tuple(forbidden)).check(step.sentences)
    at_least("length_penalty", length_penalty, 0)
    at_least("samples", samples, 1)
    at_least("temperature", temperature, 0)
    at_least("top_k", 1 if top_k is None else top_k, 1)
    if top_p is not None and not 0 < top_p <= 1:
        raise OptionError(f"`top_p` must be above 0 and at most 1, but is {top_p}.")
    if len(seeds) != step.sentences or min(seeds, default=0) < 0:
        raise OptionError(
            f"`seeds` must be a number of at least 0 for each sentence = {step.sentences}, but is {list(seeds)}."
        )
    drawn = _drawn(limits, _uniform(seeds, samples, max(max_lengths, default=0)), temperature, top_k, top_p)
    choose = drawn if temperature else likeliest(limits)
    return write_paths(step, limits, samples, length_penalty, choose).hypotheses()


def _uniform(seeds: Sequence[int], samples: int, length: int) -> Float[Tensor, "sentence sample length"]:
    """A number in [0, 1) for each token of each sample, from a stream of the sample's own."""
    numbers = np.empty((len(seeds), samples, length))
    for sentence, seed in enumerate(seeds):
        for number in range(samples):
            numbers[sentence, number] = np.random.default_rng((seed, number)).random(length)
    return torch.from_numpy(numbers)


def _drawn(
    limits: Limits,
    uniform: Float[Tensor, "sentence sample length"],
    temperature: float,
    top_k: int | None,
    top_p: float | None,
) -> Choose:
    """Choose tokens by numbers that were drawn before."""
    known: dict[bool, Allowed] = {}

    def choose(log_probs: Float[Tensor, "row vocab"], length: int, sentences: Sequence[int]) -> Int[Tensor, " row"]:
        too_short = length < limits.min_length
        if too_short not in known:
            known[too_short] = limits.allowed(log_probs, *([limits.end] if too_short else []))
        allowed = log_probs + known[too_short].bias.flatten()[: log_probs.shape[1]]
        tempered = (allowed - allowed.amax(1, keepdim=True)) / temperature
        likely = _cut(tempered.softmax(1), top_k, top_p)
        return _inverse(likely, uniform[list(sentences), :, length - 1].flatten())

    return choose


def _cut(probability: Float[Tensor, "row vocab"], top_k: int | None, top_p: float | None) -> Float[Tensor, "row vocab"]:
    """Set what is too unlikely to 0; the rest need not sum to 1."""
    if top_k is not None and top_k < probability.shape[1]:
        least = probability.topk(top_k).values[:, -1:]
        probability = probability.masked_fill(probability < least, 0)
    if top_p is None:
        return probability
    wanted = top_p * probability.sum(1, keepdim=True)
    falling = probability.topk(min(_LIKELY, probability.shape[1])).values
    if (falling.sum(1, keepdim=True) < wanted).any():
        falling = probability.sort(dim=1, descending=True).values
    before = falling.cumsum(1) - falling
    last = (before < wanted).sum(1, keepdim=True).sub_(1).clamp_(min=0)
    return probability.masked_fill(probability < falling.gather(1, last), 0)


def _inverse(probability: Float[Tensor, "row vocab"], uniform: Float[Tensor, " row"]) -> Int[Tensor, " row"]:
    """The token in which a uniform number falls, where tokens lie side by side as wide as they are likely."""
    edges = probability.cumsum(1)
    total = edges[:, -1:]
    aim = uniform.to(edges)[:, None] * total
    # Below the total, also where the product was rounded up: so the token has a probability above 0.
    aim = torch.minimum(aim, torch.nextafter(total, torch.zeros_like(total)))
    return torch.searchsorted(edges, aim, right=True).flatten()
