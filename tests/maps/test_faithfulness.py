"""A map is held against maps that know nothing, and a verdict is given only where they part."""

import json
import math

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.maps.erasing import Answer, curves
from saccade.maps.faithfulness import CONTROLS, FIGURES, Controlled, faithfulness
from saccade.metrics import Interval


def examples(count: int, items: int, *, faithful: bool) -> list[tuple[np.ndarray, Answer]]:
    """Linear models, with maps of their own shares, or of some others'."""
    random = np.random.default_rng(1)
    shares = random.dirichlet(np.full(items, 0.3), size=count)
    maps = shares if faithful else random.dirichlet(np.full(items, 0.3), size=count)
    return [(weights, lambda seen, own=own: seen @ own) for weights, own in zip(maps, shares, strict=True)]


def test_a_faithful_map_is_better_than_maps_that_know_nothing() -> None:
    found = faithfulness(examples(60, 12, faithful=True))
    assert found.examples == 60
    assert list(found.figures) == list(FIGURES)
    for figure in found.figures.values():
        assert list(figure.controls) == list(CONTROLS)
        assert figure.verdict == "better than maps that know nothing"
    # Of a linear model, a map that knows nothing erases in the mean what share of the items it erases.
    assert found.figures["deletion area"].controls["random"].score == pytest.approx(0.5, abs=0.05)
    assert found.figures["comprehensiveness"].controls["permuted"].score == pytest.approx(0.5, abs=0.05)


def test_of_a_map_of_something_else_nothing_is_said() -> None:
    found = faithfulness(examples(60, 12, faithful=False))
    assert [figure.verdict for figure in found.figures.values()] == [None] * 4


def test_a_map_upside_down_is_worse() -> None:
    found = faithfulness([(-weights, answer) for weights, answer in examples(60, 12, faithful=True)])
    assert {figure.verdict for figure in found.figures.values()} == {"worse than maps that know nothing"}


def test_the_figures_are_means_of_those_of_each_example() -> None:
    given = examples(7, 5, faithful=True)
    found = faithfulness(given)
    alone = [curves(*one) for one in given]
    for name, (figure, _) in FIGURES.items():
        assert found.figures[name].own.score == pytest.approx(np.mean([figure(one) for one in alone]))
    np.testing.assert_allclose(found.curves["own"].deletion, np.mean([one.deletion for one in alone], axis=0))
    assert set(found.curves) == {"own", *CONTROLS}


def test_where_a_map_weighs_items_alike_the_first_ones_are_not_preferred() -> None:
    # All depends on the first item, and the maps look at the last one alone.
    looks = [(np.eye(8)[7], lambda seen: seen[:, 0].astype(float))] * 60
    found = faithfulness(looks, draws=5).figures["deletion area"]
    assert found.own.score == pytest.approx(found.controls["permuted"].score, abs=0.12)
    assert found.controls["uniform"].score < 0.1  # which goes by place


def test_the_same_seed_draws_the_same() -> None:
    given = examples(5, 6, faithful=True)
    assert faithfulness(given, seed=3, resamples=50).to_json() == faithfulness(given, seed=3, resamples=50).to_json()
    assert faithfulness(given, seed=3, resamples=50).to_json() != faithfulness(given, seed=4, resamples=50).to_json()
    json.dumps(faithfulness(given).to_json(), allow_nan=False)


@pytest.mark.parametrize(
    ("own", "control", "higher", "verdict"),
    [
        ((0.5, 0.6), (0.2, 0.4), True, "better"),
        ((0.5, 0.6), (0.2, 0.4), False, "worse"),
        ((0.1, 0.15), (0.2, 0.4), False, "better"),
        ((0.3, 0.6), (0.2, 0.4), True, None),
        ((0.4, 0.6), (0.2, 0.4), True, None),
    ],
)
def test_a_verdict_needs_intervals_that_part(
    own: tuple[float, float], control: tuple[float, float], higher: bool, verdict: str | None
) -> None:
    one = Interval(sum(own) / 2, *own)
    found = Controlled(one, {"random": Interval(sum(control) / 2, *control)}, higher).verdict
    assert found == (None if verdict is None else f"{verdict} than maps that know nothing")


def test_one_control_that_reaches_it_takes_the_verdict_away() -> None:
    controls = {"random": Interval(0.1, 0.0, 0.2), "uniform": Interval(0.5, 0.4, 0.6)}
    assert Controlled(Interval(0.55, 0.5, 0.6), controls, True).verdict is None


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(DataError, match="at least one example"):
        faithfulness([])
    with pytest.raises(DataError, match="finite numbers"):
        faithfulness([(np.array([math.nan]), lambda seen: seen[:, 0].astype(float))])
