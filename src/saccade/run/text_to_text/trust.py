"""How far the looks of a model of texts can be trusted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple, final

import numpy as np

from saccade.maps.erasing import occlusion, rank_correlation
from saccade.maps.faithfulness import CONTROLS, Controlled, Faithfulness, faithfulness
from saccade.maps.gradients import gradient_times_input, integrated_gradients
from saccade.metrics.bootstrap import Interval, interval_of_mean
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run.text_to_text.answers import Answer
from saccade.run.text_to_text.written import Written

TOKENS: Final = 200
"""Looks that are judged: one of each text, drawn."""
STEPS: Final = 16
"""Of integrated gradients."""


@final
class Trust(NamedTuple):
    """What erasing by the looks does, and how far they agree with other ways to say what mattered.

    Attributes:
        erased: By how it was erased: out of the memory, or by the unknown token.
        agreement: Mean rank correlation of the looks with each other way, beside that of maps that know nothing.
    """

    erased: dict[str, Faithfulness]
    agreement: dict[str, Controlled]

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "erased": {name: one.to_json() for name, one in self.erased.items()},
            "agreement": {name: one.to_json() for name, one in self.agreement.items()},
        }


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
    return Trust(erased, _agreement(looks, seed))


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


def _agreement(looks: Sequence[tuple[np.ndarray, Written]], seed: int) -> dict[str, Controlled]:
    random = np.random.default_rng(seed)
    ways: dict[str, list[np.ndarray]] = {"occlusion": [], "gradient × input": [], "integrated gradients": []}
    for weights, one in looks:
        vectors = one.vectors()
        # What speaks against a token matters for it, too: of all three the size counts, not the sign.
        ways["occlusion"].append(np.abs(occlusion(len(weights), one.with_unknown)))
        ways["gradient × input"].append(gradient_times_input(vectors, one.score).abs().cpu().numpy())
        ways["integrated gradients"].append(integrated_gradients(vectors, one.score, steps=STEPS).abs().cpu().numpy())
    maps = [weights for weights, _ in looks]
    controls = {
        "random": [random.random(len(weights)) for weights in maps],
        # Maps that are all alike rank nothing; what they stand for, the order of the text, does.
        "uniform": [-np.arange(float(len(weights))) for weights in maps],
        "permuted": [random.permutation(weights) for weights in maps],
    }
    assert tuple(controls) == CONTROLS
    return {
        name: Controlled(
            _mean_correlation(maps, others, seed),
            {control: _mean_correlation(given, others, seed) for control, given in controls.items()},
            higher_is_better=True,
        )
        for name, others in ways.items()
    }


def _mean_correlation(maps: Sequence[np.ndarray], others: Sequence[np.ndarray], seed: int) -> Interval:
    """Of those that have an order."""
    found = np.array([rank_correlation(one, other) for one, other in zip(maps, others, strict=True)])
    kept = found[np.isfinite(found)]
    return interval_of_mean(kept if len(kept) else np.zeros(1), seed=seed)
