"""How far the looks of a model of texts can be trusted."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from saccade.maps import Trust
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run.text_to_text.answers import Answer
from saccade.run.text_to_text.written import Written
from saccade.run.trust import judged

TOKENS: Final = 200
"""Looks that are judged: one of each text, drawn."""


def trust(network: SequenceToSequence, answers: Iterable[Answer], *, seed: int = 0) -> Trust | None:
    """Judge one look of each answer, by what the network says of that very token.

    Args:
        network: What wrote them, one that looks.
        answers: With weights; those of a source of one token are left out, since there is nothing to choose.
        seed: Of the tokens that are drawn, and of all that is drawn for the controls.

    Returns:
        None where no answer is left.
    """
    random = np.random.default_rng(seed)
    looks: list[np.ndarray] = []
    read: list[Written] = []
    for answer in answers:
        if len(read) == TOKENS:
            break
        if answer.weights is not None and len(answer.encoding.ids) > 1:
            place = int(random.integers(len(answer.tokens)))
            looks.append(answer.weights[place])
            read.append(Written(network, answer.encoding.ids, answer.tokens, place))
    return judged({"": looks}, read, seed=seed) if read else None


def trust_in_one(network: SequenceToSequence, answer: Answer, *, seed: int = 0) -> Trust | None:
    """Judge every look of one answer: intervals are over its tokens.

    Returns:
        None where the source is one token, so that there is nothing to choose.
    """
    if answer.weights is None or len(answer.encoding.ids) < 2:
        return None
    places = range(len(answer.tokens))
    read = [Written(network, answer.encoding.ids, answer.tokens, place) for place in places]
    return judged({"": list(answer.weights)}, read, seed=seed)
