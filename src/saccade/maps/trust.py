"""What is known of how far a model's looks can be trusted."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from saccade.errors import DataError
from saccade.maps.erasing import rank_correlation
from saccade.maps.faithfulness import CONTROLS, Controlled, Faithfulness, interval_of_draws
from saccade.metrics import Interval, interval_of_mean


@final
class Clamped(NamedTuple):
    """What holding a gate changes, over some examples.

    Attributes:
        loss: How much larger the loss is, in nats an example, with its interval.
        accuracy: How much larger the share of right answers is, in percentage points.
    """

    loss: Interval
    accuracy: Interval

    @property
    def verdict(self) -> str | None:
        """In words, where the interval of the loss does not hold 0."""
        if self.loss.low > 0:
            return "worse when it is held"
        return "better when it is held" if self.loss.high < 0 else None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {"loss": self.loss._asdict(), "accuracy": self.accuracy._asdict(), "verdict": self.verdict}


@final
class Trust(NamedTuple):
    """What erasing by the looks does, and how far they agree with other ways to say what mattered.

    Attributes:
        erased: By what was erased, and how.
        agreement: Mean rank correlation of the looks with each other way, beside that of maps that know nothing.
        clamped: What holding gates changes, by the gate's name and by what it is held to; empty where there is none.
    """

    erased: dict[str, Faithfulness]
    agreement: dict[str, Controlled]
    clamped: Mapping[str, Mapping[str, Clamped]] = {}

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        saved: dict[str, Any] = {
            "erased": {name: one.to_json() for name, one in self.erased.items()},
            "agreement": {name: one.to_json() for name, one in self.agreement.items()},
        }
        if self.clamped:
            saved["clamped"] = {
                gate: {way: one.to_json() for way, one in ways.items()} for gate, ways in self.clamped.items()
            }
        return saved

    @classmethod
    def from_json(cls, saved: Any) -> "Trust":
        """What `to_json` wrote down of looks; gates that are held are no part of a look.

        Raises:
            DataError: It is something else, or damaged.
        """
        try:
            return cls(
                {str(name): Faithfulness.from_json(one) for name, one in saved["erased"].items()},
                {str(name): Controlled.from_json(one) for name, one in saved["agreement"].items()},
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            said = f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
            raise DataError(f"The figures of trust are damaged: {said}. Make the look again.") from error


def trust_from_json(look: Any) -> Trust | None:
    """The figures in a look that was written down, which may have none.

    Raises:
        DataError: They are damaged.
    """
    return None if look.get("trust") is None else Trust.from_json(look["trust"])


def agreement(
    maps: Sequence[np.ndarray], ways: Mapping[str, Sequence[np.ndarray]], *, draws: int = 20, seed: int = 0
) -> dict[str, Controlled]:
    """How far maps agree in rank with other ways to say what mattered, and how far maps that know nothing do.

    Args:
        maps: A weight for each item, of each example.
        ways: By its name, what each way says of the same items. What speaks against an answer matters for it, too: the
            size counts, not the sign.
        draws: Of one example alone, how many of the maps that know nothing are drawn; see `faithfulness_of_one`.
        seed: Of the maps that know nothing.

    Returns:
        By the name of each way. Examples in which the map or the way weighs all items alike have no order and are left
        out, and so is a way of which none is left.
    """
    interval = interval_of_mean
    if len(maps) == 1:
        maps, ways = [*maps] * draws, {name: [*way] * draws for name, way in ways.items()}
        interval = interval_of_draws
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
        ranked = [place for place, one in enumerate(maps) if np.ptp(one) > 0 and np.ptp(sizes[place]) != 0]
        if ranked:
            own, *others = (
                interval(np.array([rank_correlation(each[place], sizes[place]) for place in ranked]), seed=seed)
                for each in (maps, *controls.values())
            )
            found[name] = Controlled(own, dict(zip(controls, others, strict=True)), True, len(ranked))
    return found
