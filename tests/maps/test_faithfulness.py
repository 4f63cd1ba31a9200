"""A map is held against maps that know nothing, and a verdict is given only where they part."""

import json
import math

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.maps.erasing import Answer, curves
from saccade.maps.faithfulness import (
    CONTROLS,
    FEWEST,
    FIGURES,
    Controlled,
    Faithfulness,
    _maps,
    faithfulness,
    faithfulness_of_one,
)
from saccade.metrics import Interval, interval_of_mean


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
    mean, low, high = found.curves["own"].deletion.T
    np.testing.assert_allclose(mean, np.mean([one.deletion for one in alone], axis=0))
    for share, ends in enumerate(zip(low, high, strict=True)):
        of_share = interval_of_mean(np.array([one.deletion[share] for one in alone]))
        np.testing.assert_allclose(ends, of_share[1:])
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
    found = Controlled(one, {"random": Interval(sum(control) / 2, *control)}, higher, 60).verdict
    assert found == (None if verdict is None else f"{verdict} than maps that know nothing")


def test_one_control_that_reaches_it_takes_the_verdict_away() -> None:
    controls = {"random": Interval(0.1, 0.0, 0.2), "uniform": Interval(0.5, 0.4, 0.6)}
    assert Controlled(Interval(0.55, 0.5, 0.6), controls, True, 60).verdict is None


def test_of_few_examples_nothing_is_said_in_words() -> None:
    few = faithfulness(examples(FEWEST - 1, 12, faithful=True))
    enough = faithfulness(examples(FEWEST, 12, faithful=True))
    assert {figure.verdict for figure in few.figures.values()} == {None}
    assert {figure.verdict for figure in enough.figures.values()} == {"better than maps that know nothing"}


def test_one_example_is_held_against_many_drawn_maps() -> None:
    [(weights, answer)] = examples(1, 12, faithful=True)
    found = faithfulness_of_one(weights, answer)
    assert found.examples == 1
    own = curves(weights, answer)
    for name, figure in found.figures.items():
        score = FIGURES[name][0](own)
        assert figure.own == pytest.approx((score, score, score))
        assert figure.controls["random"].low < figure.controls["random"].high
        assert figure.controls["uniform"].low == figure.controls["uniform"].high
        assert figure.verdict == "better than maps that know nothing"
    np.testing.assert_allclose(found.curves["own"].insertion, np.stack([own.insertion] * 3, axis=1))
    _, low, high = found.curves["random"].insertion.T
    assert (low[1:-1] < high[1:-1]).all()


def test_one_example_whose_map_knows_nothing_is_not_told_apart() -> None:
    random = np.random.default_rng(2)
    said = [
        faithfulness_of_one(random.random(12), answer, seed=seed).figures["deletion area"].verdict
        for seed, (_, answer) in enumerate(examples(40, 12, faithful=True))
    ]
    assert sum(verdict is not None for verdict in said) <= 6  # two in twenty by design, and less with three controls


def test_maps_of_as_many_items_get_the_same_controls() -> None:
    """So that what controls ask of one layer need not be computed again for another."""
    asked: list[np.ndarray] = []

    def answer(seen: np.ndarray) -> np.ndarray:
        asked.append(seen)
        return seen.mean(axis=1)

    random = np.random.default_rng(4)
    faithfulness([(random.random(7), answer)], seed=5)
    faithfulness([(random.random(7), answer)], seed=5)
    first, second = ({row.tobytes() for row in rows} for rows in asked)
    # Seven maps that know nothing ask alike; what the map itself asks is 12 rows, besides all seen and nothing seen.
    assert len(first - second) <= 12
    assert len(first & second) >= 40


def test_a_permuted_map_has_the_maps_own_weights() -> None:
    maps = _maps(np.array([0.5, 0.1, 0.4]), 4, np.random.default_rng(0))
    for one in maps["permuted"]:
        assert sorted(one) == [0.1, 0.4, 0.5]
    assert len({tuple(one) for one in maps["permuted"]}) > 1


def test_what_is_written_down_is_read_back() -> None:
    found = faithfulness(examples(5, 6, faithful=True))
    read = Faithfulness.from_json(json.loads(json.dumps(found.to_json())))
    assert read.to_json() == found.to_json()


def test_nothing_to_measure_is_refused() -> None:
    with pytest.raises(DataError, match="at least one example"):
        faithfulness([])
    with pytest.raises(DataError, match="finite numbers"):
        faithfulness([(np.array([math.nan]), lambda seen: seen[:, 0].astype(float))])
