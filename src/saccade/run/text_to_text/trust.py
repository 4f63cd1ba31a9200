"""How far the looks of a model of texts can be trusted."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from saccade.maps.erasing import occlusion
from saccade.maps.faithfulness import faithfulness
from saccade.maps.gradients import gradient_times_input, integrated_gradients
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run.text_to_text.answers import Answer
from saccade.run.text_to_text.written import Written
from saccade.run.trust import Trust, agreement

TOKENS: Final = 200
"""Looks that are judged: one of each text, drawn."""
STEPS: Final = 16
"""Of integrated gradients."""


def trust(network: SequenceToSequence, answers: Iterable[Answer], *, seed: int = 0) -> Trust | None:
    """Judge one look of each answer, by what the network says of that very token.

    Args:
        network: What wrote them, one that looks.
        answers: With weights; those of a source of one token are left out, since there is nothing to choose.
        seed: Of the tokens that are drawn, and of all that is drawn for the controls.

    Returns:
        None where no answer is left.
    """
    looks = list(_looks(network, answers, np.random.default_rng(seed)))
    if not looks:
        return None
    erased = {
        "memory": faithfulness(((weights, one.without_memory) for weights, one in looks), seed=seed),
        "unknown token": faithfulness(((weights, one.with_unknown) for weights, one in looks), seed=seed),
    }
    ways: dict[str, list[np.ndarray]] = {"occlusion": [], "gradient × input": [], "integrated gradients": []}
    for weights, one in looks:
        vectors = one.vectors()
        ways["occlusion"].append(occlusion(len(weights), one.with_unknown))
        ways["gradient × input"].append(gradient_times_input(vectors, one.score).cpu().numpy())
        ways["integrated gradients"].append(integrated_gradients(vectors, one.score, steps=STEPS).cpu().numpy())
    return Trust(erased, agreement([weights for weights, _ in looks], ways, seed=seed))


def _looks(
    network: SequenceToSequence, answers: Iterable[Answer], random: np.random.Generator
) -> Iterator[tuple[np.ndarray, Written]]:
    found = 0
    for answer in answers:
        if found == TOKENS:
            return
        if answer.weights is not None and len(answer.encoding.ids) > 1:
            place = int(random.integers(len(answer.tokens)))
            yield answer.weights[place], Written(network, answer.encoding.ids, answer.tokens, place)
            found += 1
