"""Maps are judged alike in all tasks: by what is left of an answer when that is erased which they say matters."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from jaxtyping import Float

from saccade.maps import Trust
from saccade.maps.erasing import Answer
from saccade.maps.faithfulness import faithfulness, faithfulness_of_one
from saccade.maps.trust import agreement


@runtime_checkable
class Read(Protocol):
    """What a model read for an answer, and can read again with less to see."""

    def answers(self, layer: str) -> Mapping[str, Answer]:
        """How probable the answer is where only some items of a layer's map are seen, by how the others are erased."""
        ...

    def shares(self, layer: str) -> Mapping[str, Float[np.ndarray, " item"]]:
        """What each item had to do with the answer, by other ways to say so."""
        ...


def judged(maps: Mapping[str, Sequence[Float[np.ndarray, " _"]]], read: Sequence[Read], *, seed: int = 0) -> Trust:
    """Judge maps by erasing what they say matters.

    Args:
        maps: By the name of the layer, the weights of the items of each example; where there is one layer alone, it may
            have the name "".
        read: The same examples. One alone is held against many drawn maps, several by an interval over them.
        seed: Of the maps that know nothing.
    """
    erased, agreeing = {}, {}
    for layer, weights in maps.items():
        answers = [one.answers(layer) for one in read]
        for how in answers[0]:
            examples = [(each, one[how]) for each, one in zip(weights, answers, strict=True)]
            judge = faithfulness(examples, seed=seed) if len(read) > 1 else faithfulness_of_one(*examples[0], seed=seed)
            erased[f"{layer}, {how}" if layer else how] = judge
        shares = [one.shares(layer) for one in read]
        ways = {name: [one[name] for one in shares] for name in shares[0]}
        for name, found in agreement(weights, ways, seed=seed).items():
            agreeing[f"{name}, {layer}" if layer else name] = found
    return Trust(erased, agreeing)
