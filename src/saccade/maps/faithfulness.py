"""How far a map can be trusted: what erasing by it does to the answers, beside maps that know nothing."""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, final

import numpy as np
from jaxtyping import Float

from saccade.errors import DataError
from saccade.maps.erasing import Answer, Curves, curves_of
from saccade.metrics.bootstrap import Interval, interval_of_mean, intervals_of_means

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
FEWEST: Final = 10
"""With fewer values behind an interval it is narrow by chance, and nothing is said in words."""
Maps = dict[str, list[Float[np.ndarray, " _"]]]
"""Maps of one example that are erased by: its own, and those of each of `CONTROLS`, by name."""


@final
class Controlled(NamedTuple):
    """A figure of some maps, beside the same figure of maps that know nothing.

    Attributes:
        own: Of the maps.
        controls: Of each of `CONTROLS`, by its name.
        higher_is_better: Whether a higher figure says that the map is more faithful.
        sample_size: How many values are behind the intervals: examples, or, of one example, draws.
    """

    own: Interval
    controls: dict[str, Interval]
    higher_is_better: bool
    sample_size: int

    @property
    def verdict(self) -> str | None:
        """In words, where the interval lies apart from those of all controls, and is of `FEWEST` values; else None."""
        above = all(self.own.low > control.high for control in self.controls.values())
        below = all(self.own.high < control.low for control in self.controls.values())
        if self.sample_size >= FEWEST and (above or below):
            return f"{'better' if above == self.higher_is_better else 'worse'} than maps that know nothing"
        return None

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        controls = {name: control._asdict() for name, control in self.controls.items()}
        return {
            **self.own._asdict(),
            "controls": controls,
            "higher_is_better": self.higher_is_better,
            "sample_size": self.sample_size,
            "verdict": self.verdict,
        }

    @classmethod
    def from_json(cls, saved: Any) -> "Controlled":
        """The figure that `to_json` wrote down."""
        controls = {str(name): _interval(control) for name, control in saved["controls"].items()}
        return cls(_interval(saved), controls, bool(saved["higher_is_better"]), int(saved["sample_size"]))


@final
class Bands(NamedTuple):
    """Curves of deletion and insertion, as in `Curves`: at each share the mean, and the ends of its interval.

    Attributes:
        deletion: While items go, the heaviest first.
        insertion: While they come.
    """

    deletion: Float[np.ndarray, "share 3"]
    insertion: Float[np.ndarray, "share 3"]


@final
class Faithfulness(NamedTuple):
    """What erasing by maps does, in the mean over examples.

    Attributes:
        examples: How many there were.
        figures: By their names in `FIGURES`.
        curves: Of the maps ("own") and of each control.
    """

    examples: int
    figures: dict[str, Controlled]
    curves: dict[str, Bands]

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "examples": self.examples,
            "figures": {name: figure.to_json() for name, figure in self.figures.items()},
            "curves": {
                name: {side: line.tolist() for side, line in bands._asdict().items()}
                for name, bands in self.curves.items()
            },
        }

    @classmethod
    def from_json(cls, saved: Any) -> "Faithfulness":
        """The figures that `to_json` wrote down."""
        figures = {str(name): Controlled.from_json(figure) for name, figure in saved["figures"].items()}
        curves = {
            str(name): Bands(*(np.array([_point(*point) for point in both[side]]) for side in Bands._fields))
            for name, both in saved["curves"].items()
        }
        return cls(int(saved["examples"]), figures, curves)


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
        seed: Of all that is drawn. Maps of as many items get the same controls, in the same place of `examples`.

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
    found = [
        _curves(_maps(weights, draws, np.random.default_rng((seed, place))), answer)
        for place, (weights, answer) in enumerate(examples)
    ]
    if not found:
        raise DataError("Faithfulness is measured on at least one example, but there is none. Is the data empty?")

    def interval(name: str, figure: Callable[[Curves], float]) -> Interval:
        values = np.array([np.mean([figure(one) for one in curves[name]]) for curves in found])
        return interval_of_mean(values, resamples=resamples, seed=seed)

    def bands(side: int, name: str) -> Float[np.ndarray, "share 3"]:
        lines = np.stack([np.mean([one[side] for one in curves[name]], axis=0) for curves in found])
        return intervals_of_means(lines, resamples=resamples, seed=seed)

    return Faithfulness(len(found), _figures(interval, len(found)), _bands(bands))


def faithfulness_of_one(
    weights: Float[np.ndarray, " item"], answer: Answer, *, draws: int = 20, seed: int = 0
) -> Faithfulness:
    """The same for one example alone, whose intervals are over what is drawn.

    There are no other examples to tell how sure a figure is. What can be told is where it lies among those of many maps
    that know nothing: the interval of a control holds 95 % of its `draws`; that of the map itself, and of the uniform
    one, is a point, unless it weighs items alike. It is said to be better where it lies beyond all of them.

    Args:
        weights: The map.
        answer: How to ask for its answer's probability.
        draws: How many random and permuted maps are drawn.
        seed: Of all that is drawn.

    Raises:
        DataError: What `curves` refuses.

    Example:
        >>> weights = np.linspace(0, 1, 12) ** 3
        >>> found = faithfulness_of_one(weights, lambda seen: seen @ weights / weights.sum())
        >>> found.figures["insertion area"].verdict
        'better than maps that know nothing'
    """
    found = _curves(_maps(weights, draws, np.random.default_rng((seed, 0))), answer)

    def interval(name: str, figure: Callable[[Curves], float]) -> Interval:
        return interval_of_draws(np.array([figure(one) for one in found[name]]))

    def bands(side: int, name: str) -> Float[np.ndarray, "share 3"]:
        points = np.stack([one[side] for one in found[name]], axis=1)
        return np.array([interval_of_draws(point) for point in points])

    return Faithfulness(1, _figures(interval, draws), _bands(bands))


def interval_of_draws(values: Float[np.ndarray, " draw"], *, seed: int = 0) -> Interval:
    """The mean of what was drawn for one example, and between what 95 % of it lies; nothing is drawn for it again.

    Example:
        >>> interval_of_draws(np.arange(41.0))
        Interval(score=20.0, low=1.0, high=39.0)
    """
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high))


def _figures(interval: Callable[[str, Callable[[Curves], float]], Interval], count: int) -> dict[str, Controlled]:
    return {
        name: Controlled(interval("own", figure), {one: interval(one, figure) for one in CONTROLS}, higher, count)
        for name, (figure, higher) in FIGURES.items()
    }


def _maps(weights: Float[np.ndarray, " item"], draws: int, random: np.random.Generator) -> Maps:
    """What is erased by. The controls are drawn first, so that other maps of the same items get the same orders."""
    items = len(weights)
    knowing_nothing = [random.random(items) for _ in range(draws)]
    places = [random.permutation(items) for _ in range(draws)]
    own = _untied(weights, draws, random)
    permuted = [np.empty(items) for _ in range(draws)]
    for one, order in zip(permuted, places, strict=True):
        one[order] = -np.sort(-own[0])
    return {"own": own, "random": knowing_nothing, "uniform": [np.ones(items)], "permuted": permuted}


def _curves(maps: Maps, answer: Answer) -> dict[str, list[Curves]]:
    said = iter(curves_of([one for several in maps.values() for one in several], answer))
    return {name: [next(said) for _ in several] for name, several in maps.items()}


def _untied(weights: Float[np.ndarray, " item"], draws: int, random: np.random.Generator) -> list[np.ndarray]:
    """The map as it is; or, where it weighs items alike, with lots drawn among these, as often as said."""
    values, place = np.unique(weights, return_inverse=True)
    if len(values) == len(weights) or not np.isfinite(weights).all():
        return [weights]
    return [place + random.random(len(weights)) / 2 for _ in range(draws)]


def _bands(bands: Callable[[int, str], Float[np.ndarray, "share 3"]]) -> dict[str, Bands]:
    return {name: Bands(*(bands(side, name) for side in (0, 1))) for name in ("own", *CONTROLS)}


def _point(score: Any, low: Any, high: Any) -> tuple[float, float, float]:
    return float(score), float(low), float(high)


def _interval(saved: Any) -> Interval:
    return Interval(*(float(saved[name]) for name in Interval._fields))
