"""Writing without branches: each row chooses one token a step."""

from collections.abc import Callable, Sequence
from itertools import count
from typing import NamedTuple, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from saccade.search.history import Found, History
from saccade.search.hypothesis import length_normalised
from saccade.search.limits import Limits
from saccade.search.sentences import Sentences
from saccade.search.soundness import refuse_unsound, refuse_unwritable, sound
from saccade.search.step import Step
from saccade.tree import reorder


@final
class Choice(NamedTuple):
    """The next token of each row, and the log-probability of the likeliest one that was allowed."""

    token: Int[Tensor, " row"]
    top: Float[Tensor, " row"]


Choose = Callable[[Float[Tensor, "row vocab"], int, Sequence[int]], Choice]


def write_paths(step: Step, limits: Limits, paths: int, length_penalty: float, choose: Choose) -> History:
    """Write some hypotheses of each sentence, each on its own.

    Args:
        step: The model over sources that it has read.
        limits: Where hypotheses begin and end.
        paths: How many hypotheses a sentence.
        length_penalty: For their scores.
        choose: Chooses by the log-probabilities, the length with the new token and the numbers of the sentences.

    Returns:
        The steps, and the hypotheses of each sentence by score.

    Raises:
        DivergedError: Where a row has no log-probabilities, or none for a token that is allowed.
    """
    sentences, history = Sentences(step, limits), History(step.sentences, limits.end)
    place = torch.arange(paths, device=sentences.device).expand(len(sentences.numbers), paths)
    state = reorder(sentences.state, torch.arange(len(place), device=sentences.device).repeat_interleave(paths))
    tokens, lengths, writing = torch.full_like(place, limits.begin), torch.zeros_like(place), place >= 0
    log_prob = torch.zeros(place.shape, device=sentences.device)
    for length in count(1):
        if not any(sentences.writing):
            break
        output = sentences.step(tokens.flatten(), state)
        token, top = choose(output.log_probs, length, sentences.numbers)
        chosen = output.log_probs.gather(1, token[:, None]).flatten()
        tokens = token.view_as(place).masked_fill(~writing, limits.end)
        history.add(tokens, place, output.weights, sentences.slots)
        counting = torch.zeros_like(log_prob).masked_fill(~writing, -torch.inf).flatten()
        log_prob = log_prob + chosen.view_as(place).masked_fill(~writing, 0)
        lengths = lengths + writing
        writing = writing & (tokens != limits.end)
        ended = ~writing.any(1) | (length >= sentences.longest)
        *verdict, fine = torch.cat([ended, sound(top, counting)[None]]).tolist()
        if not fine:
            refuse_unsound(output.log_probs, counting, sentences.numbers, length)
            row = int((counting > top).nonzero()[0])
            refuse_unwritable(sentences.numbers[row // paths], length)
        newly = sentences.end(verdict)
        if newly:
            slots = torch.tensor(newly, device=sentences.device)
            paths_ended = reorder((log_prob, lengths, place), slots)
            history.end([sentences.numbers[slot] for slot in newly], _ranked(*paths_ended, length_penalty))
        state, staying = output.state, sentences.leave()
        if staying is not None:
            rows = (staying[:, None] * paths + place[: len(staying)]).flatten()
            tokens, lengths, writing, log_prob, place = reorder((tokens, lengths, writing, log_prob, place), staying)
            state = reorder(state, rows)
    return history


def _ranked(
    log_prob: Float[Tensor, "sentence path"],
    length: Int[Tensor, "sentence path"],
    place: Int[Tensor, "sentence path"],
    length_penalty: float,
) -> Found:
    """The hypotheses of sentences that have ended, best first."""
    score = length_normalised(log_prob, length, length_penalty)
    best_first = score.sort(dim=1, descending=True, stable=True).indices
    return Found(*(part.gather(1, best_first) for part in (score, log_prob, length, place)))
