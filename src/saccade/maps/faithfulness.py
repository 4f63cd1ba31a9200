"""How far a map can be trusted: what erasing by it does to the answers, beside maps that know nothing."""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, final

import numpy as np
from jaxtyping import Float

from saccade.errors import DataError
from saccade.maps.erasing import Answer, Curves, curves_of
from saccade.metrics.bootstrap import Interval, interval_of_mean

FIGURES: Final[dict[str, tuple[Callable[[Curves], float], bool]]] = {
    "comprehensiveness": (lambda curves: curves.comprehensiveness, True),
    "sufficiency": (lambda curves: curves.sufficiency, False),
    "deletion area": (lambda curves: curves.deletion_area, False),
    "insertion area": (lambda curves: curves.insertion_area, True),
}
"""Each with whether higher is better."""
CONTROLS: Final = ("random", "uniform", "permuted")
"""Maps that know nothing: weights drawn evenly from 0 to 1; all alike, so that items go in the order of the text or of
the rows of the image; and the map's own weights, at places drawn at random."""


@final
class Controlled(NamedTuple):
    """A figure of some maps, beside the same figure of maps that know nothing.

    Attributes:
        own: Of the maps.
        controls: Of each of `CONTROLS`, by its name.
        higher_is_better: Whether a higher figure says that the map is more faithful.
    """

    own: Interval
    controls: dict[str, Interval]
    higher_is_better: bool

    @property
    def verdict(self) -> str | None:
        """In words, where the interval lies apart from those of all controls; None where it does not."""
        above = all(self.own.low > control.high for control in self.controls.values())
        below = all(self.own.high < control.low for control in self.controls.values())
        if above or below:
            return f"{'better' if above == self.higher_is_better else 'worse'} than maps that know nothing"
        return None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        controls = {name: control._asdict() for name, control in self.controls.items()}
        return {**self.own._asdict(), "controls": controls, "verdict": self.verdict}


@final
class Faithfulness(NamedTuple):
    """What erasing by maps does, in the mean over examples.

    Attributes:
        examples: How many there were.
        figures: By their names in `FIGURES`.
        curves: Means, of the maps ("own") and of each control: deletion and insertion.
    """

    examples: int
    figures: dict[str, Controlled]
    curves: dict[str, Curves]

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "examples": self.examples,
            "figures": {name: figure.to_json() for name, figure in self.figures.items()},
            "curves": {
                name: {side: line.tolist() for side, line in curves._asdict().items()}
                for name, curves in self.curves.items()
            },
        }


def faithfulness(
    examples: Iterable[tuple[Float[np.ndarray, " _"], Answer]],
    *,
    draws: int = 3,
    resamples: int = 1000,
    seed: int = 0,
) -> Faithfulness:
    """Erase by each map, and by maps that know nothing, and hold the answers against each other.

    Args:
        examples: A map and how to ask for its answer's probability, each; see `saccade.maps.erasing.Answer`. Where a
            map weighs items alike, as a hard look does all but one, which of them goes first is drawn.
        draws: How many random and permuted maps are drawn for each example; their mean counts.
        resamples: Of the bootstrap, over examples.
        seed: Of all that is drawn.

    Raises:
        DataError: No examples, or what `curves` refuses.

    Example:
        >>> weights = np.array([0.7, 0.1, 0.1, 0.1])
        >>> found = faithfulness([(weights, lambda seen: seen @ weights)] * 3)
        >>> round(found.figures["comprehensiveness"].own.score, 3)
        0.747

    Source:
        The figures: DeYoung et al. 2020, arXiv:1911.03429; Petsiuk, Das, Saenko 2018, arXiv:1806.07421. That a figure
        says nothing without one of maps that know nothing: Jain and Wallace 2019, arXiv:1902.10186; Wiegreffe and
        Pinter 2019, arXiv:1908.04626.
    """
    random = np.random.default_rng(seed)
    found: dict[str, list[list[Curves]]] = {name: [] for name in ("own", *CONTROLS)}
    for weights, answer in examples:
        own = _untied(weights, draws, random)
        tried = {"own": own, "random": [random.random(len(weights)) for _ in range(draws)]}
        tried |= {"uniform": [np.ones(len(weights))], "permuted": [random.permutation(own[0]) for _ in range(draws)]}
        said = iter(curves_of([one for maps in tried.values() for one in maps], answer))
        for name, maps in tried.items():
            found[name].append([next(said) for _ in maps])
    if not found["own"]:
        raise DataError("Faithfulness is measured on at least one example, but there is none. Is the data empty?")

    def interval(name: str, figure: Callable[[Curves], float]) -> Interval:
        values = np.array([np.mean([figure(one) for one in curves]) for curves in found[name]])
        return interval_of_mean(values, resamples=resamples, seed=seed)

    figures = {
        name: Controlled(interval("own", figure), {one: interval(one, figure) for one in CONTROLS}, higher)
        for name, (figure, higher) in FIGURES.items()
    }
    return Faithfulness(len(found["own"]), figures, {name: _mean(curves) for name, curves in found.items()})


def _untied(weights: Float[np.ndarray, " item"], draws: int, random: np.random.Generator) -> list[np.ndarray]:
    """The map as it is; or, where it weighs items alike, with lots drawn among these, as often as said."""
    values, place = np.unique(weights, return_inverse=True)
    if len(values) == len(weights) or not np.isfinite(weights).all():
        return [weights]
    return [place + random.random(len(weights)) / 2 for _ in range(draws)]


def _mean(found: list[list[Curves]]) -> Curves:
    return Curves(*(np.mean([np.mean(side, axis=0) for side in _sides(found, place)], axis=0) for place in (0, 1)))


def _sides(found: list[list[Curves]], place: int) -> list[list[np.ndarray]]:
    return [[curves[place] for curves in example] for example in found]
