"""What was chosen at each step and from which hypothesis, followed back once, at the end."""

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from saccade.search.hypothesis import Hypothesis


@final
class Found(NamedTuple):
    """Hypotheses that have ended, best first, as numbers that `History` can follow back.

    Args:
        score: By which they are ranked; -inf where there is none.
        log_prob: The model's own.
        length: Their number of tokens.
        place: Their place among the hypotheses after their last step; past those, `hypotheses + parent` for one that
            continued `parent` with the end token.
    """

    score: Float[Tensor, "sentence found"]
    log_prob: Float[Tensor, "sentence found"]
    length: Int[Tensor, "sentence found"]
    place: Int[Tensor, "sentence found"]


@final
class _Choice(NamedTuple):
    """One step: the token and the parent of each new hypothesis, the weights of each old one, each sentence's slot."""

    tokens: Int[Tensor, "sentence hypothesis"]
    parents: Int[Tensor, "sentence hypothesis"]
    weights: Float[Tensor, "row key"] | None
    slots: np.ndarray


@final
class History:
    """The steps of a search and what they led to.

    Nothing is copied while the search runs; a hypothesis is followed back from its last token when all have ended.

    Args:
        sentences: How many sentences there are.
        end: The token that finishes a hypothesis.
    """

    def __init__(self, sentences: int, end: int) -> None:
        self._sentences = sentences
        self._end = end
        self._choices: list[_Choice] = []
        self._numbers: list[int] = []
        self._found: list[Found] = []

    def add(
        self,
        tokens: Int[Tensor, "sentence hypothesis"],
        parents: Int[Tensor, "sentence hypothesis"],
        weights: Float[Tensor, "row key"] | None,
        slots: np.ndarray,
    ) -> None:
        """Note a step, and the slot of each sentence in it."""
        self._choices.append(_Choice(tokens, parents, weights, slots))

    def end(self, numbers: Sequence[int], found: Found) -> None:
        """Note what was found for the sentences with these numbers."""
        self._numbers.extend(numbers)
        self._found.append(found)

    def hypotheses(self) -> list[list[Hypothesis]]:
        """Follow all that was found back to its tokens and weights.

        Returns:
            For each sentence its hypotheses, in the order in which they were found; the empty one for a sentence
            that never was in the batch.
        """
        hypotheses: list[list[Hypothesis]] = [[] for _ in range(self._sentences)]
        for number in set(range(self._sentences)).difference(self._numbers):
            hypotheses[number].append(Hypothesis([], 0.0, 0.0, None, finished=False))
        if not self._found:
            return hypotheses
        found = Found(*(torch.cat(parts).cpu() for parts in zip(*self._found, strict=True)))
        row, column = (found.score > -torch.inf).nonzero(as_tuple=True)
        score, log_prob, length, place = (part[row, column] for part in found)
        numbers = np.array(self._numbers)[row.numpy()]
        tokens, weights = self._follow(numbers, length.numpy(), place.numpy())
        facts = zip(numbers.tolist(), length.tolist(), log_prob.tolist(), score.tolist(), strict=True)
        for i, (number, size, log_p, normalised) in enumerate(facts):
            written = tokens[i, :size].tolist()
            looked = None if weights is None else weights[i, :size]
            hypotheses[number].append(Hypothesis(written, log_p, normalised, looked, written[-1] == self._end))
        return hypotheses

    def _follow(
        self, numbers: np.ndarray, length: np.ndarray, place: np.ndarray
    ) -> tuple[np.ndarray, Float[Tensor, "found target key"] | None]:
        """Go from each hypothesis's last token to its first: its tokens, and the weights of its rows."""
        place = place.copy()
        steps = int(length.max(initial=0))
        written = np.full((len(numbers), steps), self._end)
        weights = self._blank_weights(len(numbers), steps)
        for at in range(steps - 1, -1, -1):
            choice = self._choices[at]
            here = np.flatnonzero(length > at)
            slot = choice.slots[numbers[here]]
            written[here, at], place[here] = self._back(choice, slot, place[here])
            if weights is not None and choice.weights is not None:
                rows = torch.from_numpy(slot * (len(choice.weights) // len(choice.tokens)) + place[here])
                looked = choice.weights.index_select(0, rows.to(choice.weights.device)).cpu()
                weights[torch.from_numpy(here), at, : looked.shape[1]] = looked
        return written, weights

    def _back(self, choice: _Choice, slot: np.ndarray, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The token at each place after a step, and the place before it."""
        hypotheses = choice.tokens.shape[1]
        finished = place >= hypotheses
        known = np.where(finished, 0, place)
        token = np.where(finished, self._end, choice.tokens.cpu().numpy()[slot, known])
        return token, np.where(finished, place - hypotheses, choice.parents.cpu().numpy()[slot, known])

    def _blank_weights(self, found: int, steps: int) -> Float[Tensor, "found target key"] | None:
        given = [choice.weights for choice in self._choices if choice.weights is not None]
        if not given:
            return None
        widest = max(weights.shape[1] for weights in given)
        return torch.zeros(found, steps, widest, dtype=given[0].dtype)
