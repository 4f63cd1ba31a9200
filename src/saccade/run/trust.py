"""What is known of how far a model's looks can be trusted."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from saccade.maps.erasing import rank_correlation
from saccade.maps.faithfulness import CONTROLS, Controlled, Faithfulness
from saccade.metrics import interval_of_mean


@final
class Trust(NamedTuple):
    """What erasing by the looks does, and how far they agree with other ways to say what mattered.

    Attributes:
        erased: By what was erased, and how.
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


def agreement(
    maps: Sequence[np.ndarray], ways: Mapping[str, Sequence[np.ndarray]], *, seed: int = 0
) -> dict[str, Controlled]:
    """How far maps agree in rank with other ways to say what mattered, and how far maps that know nothing do.

    Args:
        maps: A weight for each item, of each example.
        ways: By its name, what each way says of the same items. What speaks against an answer matters for it, too: the
            size counts, not the sign.
        seed: Of the maps that know nothing.

    Returns:
        By the name of each way. Examples in which the map or the way weighs all items alike have no order and are left
        out, and so is a way of which none is left.
    """
    random = np.random.default_rng(seed)
    controls = {
        "random": [random.random(len(weights)) for weights in maps],
        # Maps that are all alike rank nothing; what they stand for, the order of the items, does.
        "uniform": [-np.arange(float(len(weights))) for weights in maps],
        "permuted": [random.permutation(weights) for weights in maps],
    }
    assert tuple(controls) == CONTROLS
    found = {}
    for name, way in ways.items():
        sizes = [np.abs(one) for one in way]
        ranked = [place for place, one in enumerate(maps) if np.ptp(one) > 0 and np.ptp(sizes[place]) > 0]
        if ranked:
            own, *others = (
                interval_of_mean(np.array([rank_correlation(each[place], sizes[place]) for place in ranked]), seed=seed)
                for each in (maps, *controls.values())
            )
            found[name] = Controlled(own, dict(zip(controls, others, strict=True)), higher_is_better=True)
    return found
