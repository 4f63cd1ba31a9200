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
from saccade.search.path import Choice, Choose, write_paths
from saccade.search.step import Step

# The likeliest few hold the mass that is wanted in most rows; sorting all takes much longer.
_LIKELY = 256
_BLOCK = 64


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

    def choose(log_probs: Float[Tensor, "row vocab"], length: int, sentences: Sequence[int]) -> Choice:
        allowed = limits.allowed_at(length, log_probs, known)
        likelihood = log_probs.to(torch.promote_types(log_probs.dtype, torch.float32), copy=True)
        top = likelihood.index_fill_(1, allowed.barred, -torch.inf).amax(1)
        likelihood.sub_(top[:, None]).div_(temperature).exp_()
        likely = _cut(likelihood, top_k, top_p)
        return Choice(inverse(likely, uniform[list(sentences), :, length - 1].flatten().to(likely)), top)

    return choose


def _cut(likelihood: Float[Tensor, "row vocab"], top_k: int | None, top_p: float | None) -> Float[Tensor, "row vocab"]:
    """Set what is too unlikely to 0; rows need not sum to 1, before and after."""
    if top_k is not None and top_k < likelihood.shape[1]:
        least = likelihood.topk(top_k).values[:, -1:]
        likelihood = likelihood.masked_fill(likelihood < least, 0)
    if top_p is None or top_p == 1:
        return likelihood
    return likelihood.masked_fill(likelihood < _least(likelihood, top_p * likelihood.sum(1, keepdim=True), _LIKELY), 0)


def _least(
    likelihood: Float[Tensor, "row vocab"], mass: Float[Tensor, "row one"], among: int
) -> Float[Tensor, "row one"]:
    """The likelihood of the last of the likeliest tokens that it takes to reach a mass."""
    size = likelihood.shape[1]
    falling = likelihood.topk(min(among, size)).values
    reached = falling.cumsum(1)
    last = (reached - falling < mass).sum(1, keepdim=True).sub_(1).clamp_(min=0)
    least = falling.gather(1, last)
    short = (reached[:, -1:] < mass).flatten().nonzero().flatten()
    if among < size and len(short):
        least[short] = _least(likelihood[short], mass[short], size)
    return least


def inverse(likelihood: Float[Tensor, "row vocab"], uniform: Float[Tensor, " row"]) -> Int[Tensor, " row"]:
    """Find the token in which a number falls, where tokens lie side by side, each as wide as it is likely.

    First its block of the vocabulary, then its place there: adding up the whole vocabulary takes much longer.

    Args:
        likelihood: At least 0, not all 0; a row need not sum to 1.
        uniform: Numbers in [0, 1), as shares of a row's sum.

    Example:
        >>> inverse(torch.tensor([[1.0, 0.0, 3.0]] * 3), torch.tensor([0.0, 0.24, 0.26]))
        tensor([0, 0, 2])
    """
    blocks = torch.nn.functional.pad(likelihood, (0, -likelihood.shape[1] % _BLOCK)).unflatten(1, (-1, _BLOCK))
    block, inside = _place(blocks.sum(2), uniform[:, None] * blocks.sum((1, 2))[:, None])
    lanes = blocks.gather(1, block[:, :, None].expand(-1, 1, _BLOCK)).flatten(1)
    lane, _ = _place(lanes, inside)
    # A row of NaN falls nowhere; that there is one is found out later, once a step.
    return (block * _BLOCK + lane).flatten().clamp_(max=likelihood.shape[1] - 1)


def _place(
    widths: Float[Tensor, "row place"], aim: Float[Tensor, "row one"]
) -> tuple[Int[Tensor, "row one"], Float[Tensor, "row one"]]:
    """The place where a number falls, and how far from the place's own beginning."""
    edges = widths.cumsum(1)
    total = edges[:, -1:]
    # Below the total, also where a product was rounded up: so no place without a width is taken.
    aim = torch.minimum(aim, torch.nextafter(total, torch.zeros_like(total)))
    place = torch.searchsorted(edges, aim, right=True).clamp_(max=widths.shape[1] - 1)
    return place, aim - (edges.gather(1, place) - widths.gather(1, place))
