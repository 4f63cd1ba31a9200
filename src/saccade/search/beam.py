"""Beam search: the best few hypotheses are carried on together."""

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from saccade.errors import OptionError
from saccade.search.candidates import Candidates, best, first_largest
from saccade.search.history import Found, History
from saccade.search.hypothesis import Hypothesis, length_normalised
from saccade.search.limits import Limits, at_least
from saccade.search.sentences import Sentences
from saccade.search.soundness import refuse_unsound, refuse_unwritable, sound
from saccade.search.step import Step
from saccade.tree import reorder


@final
class _Rule(NamedTuple):
    """How hypotheses are ranked and when a sentence has ended."""

    beam: int
    length_penalty: float
    n_best: int
    early_finish: bool

    def check(self) -> "_Rule":
        at_least("beam", self.beam, 1)
        at_least("length_penalty", self.length_penalty, 0)
        at_least("n_best", self.n_best, 1)
        if self.n_best > self.beam:
            raise OptionError(
                f"`n_best` must be at most `beam` = {self.beam}, but is {self.n_best}. Lower it, or widen the beam."
            )
        return self


@torch.no_grad()
def beam(
    step: Step,
    *,
    begin: int,
    end: int,
    max_lengths: Sequence[int],
    min_length: int = 0,
    forbidden: Sequence[int] = (),
    beam: int = 5,
    length_penalty: float = 1.0,
    n_best: int = 1,
    early_finish: bool = True,
) -> list[list[Hypothesis]]:
    r"""Carry on the likeliest few hypotheses of each sentence, and rank those that end by their normalised score.

    At each step the continuations of the running hypotheses are ordered by log-probability. Among the first `beam`,
    those with the end token are finished; the first `beam` of the others run on, so that the beam stays full. The
    best `beam` finished ones are kept, by $\log p(y) / |y|^\alpha$. A sentence has ended

    - at its maximum length;
    - when no running hypothesis can rise among its `n_best` kept ones: log-probabilities only fall, so what is at $r$
      now reaches at most $r / \text{max\_length}^\alpha$ (exact, never a guess);
    - with `early_finish`, as soon as `beam` hypotheses are finished and no running one scores better now than the
      `n_best` kept ones.

    A sentence's result does not depend on the others of its batch. Equal hypotheses go by the lower hypothesis, then
    the lower token.

    Args:
        step: The model over sources that it has read.
        begin: The token that hypotheses start from.
        end: The token that finishes one.
        max_lengths: The most tokens for each sentence, `end` counted.
        min_length: The fewest tokens of a finished hypothesis, `end` counted.
        forbidden: Tokens that are never written.
        beam: How many hypotheses run, at least 1.
        length_penalty: $\alpha$, at least 0; see `length_normalised`.
        n_best: How many hypotheses are wanted for each sentence, at most `beam`.
        early_finish: Whether `beam` finished hypotheses are enough, though a running one might yet come to beat them.

    Returns:
        For each sentence up to `n_best` hypotheses: finished ones, best first, then, only where these are too few,
        those that stopped at the maximum length, best first. Fewer only where there are no more.

    Raises:
        OptionError: For an option out of its range.
        DivergedError: Where the step gives NaN, or a sentence cannot be written at all.

    Source:
        Sutskever, Vinyals, Le 2014, arXiv:1409.3215, section 3.2; the score as in Wu et al. 2016.

    Differs:
        Sutskever's beam shrinks as hypotheses finish; here it stays full. With `early_finish` (or a penalty of 0) a
        beam of 1 is greedy search; without, it looks on for a longer hypothesis with a better mean.
    """
    limits = Limits(begin, end, tuple(max_lengths), min_length, tuple(forbidden)).check(step.sentences)
    return _search(step, limits, _Rule(beam, length_penalty, n_best, early_finish).check()).hypotheses()


def _search(step: Step, limits: Limits, rule: _Rule) -> History:
    """Write all sentences to their ends, noting what was chosen and what was found."""
    sentences, history = Sentences(step, limits), History(step.sentences, limits.end)
    state, running = sentences.state, torch.zeros(len(sentences.numbers), 1, device=sentences.device)
    tokens = torch.full((len(sentences.numbers),), limits.begin, device=sentences.device)
    allowed, kept = None, None
    for length in count(1):
        if not any(sentences.writing):
            break
        output = sentences.step(tokens, state)
        if allowed is None or kept is None:
            allowed = limits.allowed(output.log_probs, limits.end)
            running = running.to(torch.promote_types(output.log_probs.dtype, torch.float32))
            kept = _none_yet(running, rule.beam)
        chosen, top = best(output.log_probs, running, rule.beam, allowed)
        history.add(chosen.token, chosen.parent, output.weights, sentences.slots)
        kept = _keep(kept, _finished(output.log_probs, running, chosen, length, limits, rule), rule)
        ended = _ended(kept, chosen, length, sentences.longest, rule)
        top = torch.maximum(top, output.log_probs[:, limits.end])
        *verdict, fine = torch.cat([ended, sound(top, running.flatten())[None]]).tolist()
        if not fine:
            refuse_unsound(output.log_probs, running.flatten(), sentences.numbers, length)
        newly = sentences.end(verdict)
        if newly:
            slots = torch.tensor(newly, device=sentences.device)
            numbers = [sentences.numbers[slot] for slot in newly]
            history.end(numbers, _found(*reorder((kept, chosen), slots), length, numbers, rule))
        rows = chosen.parent + torch.arange(len(running), device=sentences.device)[:, None] * running.shape[1]
        running, tokens = chosen.log_prob.masked_fill(ended[:, None], -torch.inf), chosen.token
        staying = sentences.leave()
        if staying is not None:
            rows, running, tokens, kept = reorder((rows, running, tokens, kept), staying)
        state, tokens = reorder(output.state, rows.flatten()), tokens.flatten()
    return history


def _none_yet(running: Float[Tensor, "sentence one"], beam: int) -> Found:
    """No finished hypotheses, in as many places as there can be."""
    nothing = running.new_full((len(running), beam), -torch.inf)
    nowhere = torch.zeros_like(nothing, dtype=torch.long)
    return Found(nothing, nothing, nowhere, nowhere)


def _finished(
    log_probs: Float[Tensor, "row vocab"],
    running: Float[Tensor, "sentence hypothesis"],
    chosen: Candidates,
    length: int,
    limits: Limits,
    rule: _Rule,
) -> Found:
    """The hypotheses that end here: the end token after them is among the first `beam` continuations."""
    vocabulary_size, hypotheses = log_probs.shape[1], running.shape[1]
    parent = torch.arange(hypotheses, device=running.device).expand_as(running)
    ends = log_probs[:, limits.end].view_as(running) + running
    if length < limits.min_length:
        ends = torch.full_like(ends, -torch.inf)
    rivals = torch.cat([chosen.log_prob, ends], dim=1)[:, None, :]
    order = torch.cat([chosen.parent * vocabulary_size + chosen.token, parent * vocabulary_size + limits.end], dim=1)
    first = order[:, None, :] < order[:, -hypotheses:, None]
    ahead = (rivals > ends[:, :, None]) | ((rivals == ends[:, :, None]) & first)
    ends = ends.masked_fill(ahead.sum(2) >= rule.beam, -torch.inf)
    score = length_normalised(ends, length, rule.length_penalty)
    return Found(score, ends, torch.full_like(parent, length), parent + chosen.token.shape[1])


def _keep(kept: Found, finished: Found, rule: _Rule) -> Found:
    """The best of what was kept and what is new; of equal ones, the earlier."""
    both = Found(*(torch.cat(parts, dim=1) for parts in zip(kept, finished, strict=True)))
    return _take(both, first_largest(both.score, rule.beam))


def _take(found: Found, places: Int[Tensor, "sentence taken"]) -> Found:
    return Found(*(part.gather(1, places) for part in found))


def _ended(
    kept: Found, chosen: Candidates, length: int, longest: Float[Tensor, " sentence"], rule: _Rule
) -> Bool[Tensor, " sentence"]:
    """Whether each sentence has ended: too long, or good enough."""
    within_reach = length_normalised(chosen.log_prob[:, :1], longest[:, None], rule.length_penalty)
    ended = (length >= longest) | (within_reach[:, 0] <= kept.score[:, rule.n_best - 1])
    if not rule.early_finish:
        return ended
    now = length_normalised(chosen.log_prob[:, :1], length, rule.length_penalty)
    enough = kept.score[:, -1] > -torch.inf
    return ended | (enough & (now[:, 0] <= kept.score[:, rule.n_best - 1]))


def _found(kept: Found, chosen: Candidates, length: int, numbers: Sequence[int], rule: _Rule) -> Found:
    """What a sentence ends with: its best finished hypotheses, then, where these are too few, those that run."""
    score = length_normalised(chosen.log_prob, length, rule.length_penalty)
    place = torch.arange(score.shape[1], device=score.device).expand_as(chosen.token)
    running = Found(score, chosen.log_prob, torch.full_like(chosen.token, length), place)
    both = Found(*(torch.cat(parts, dim=1) for parts in zip(kept, running, strict=True)))
    rank = (torch.arange(both.score.shape[1], device=score.device) >= rule.beam).long() + 2 * both.score.isinf()
    found = _take(both, rank.sort(dim=1, stable=True).indices[:, : rule.n_best])
    unwritten = (found.score[:, 0] == -torch.inf).nonzero()
    if len(unwritten):
        refuse_unwritable(numbers[int(unwritten[0])], length)
    return found
