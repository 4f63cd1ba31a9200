"""What is known of maps is written down and read back; agreement is held against maps that know nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.maps import AttentionMap, Axis, Clamped, Look, Trust, faithfulness
from saccade.maps.trust import agreement, trust_from_json
from saccade.metrics import Interval


@pytest.fixture(scope="module")
def found() -> Trust:
    shares = np.random.default_rng(0).dirichlet(np.full(7, 0.3), size=12)
    erased = faithfulness([(one, lambda seen, one=one: seen @ one) for one in shares])
    return Trust({"memory": erased}, agreement([*shares], {"occlusion": [*shares]}))


def test_a_map_agrees_with_itself_better_than_maps_that_know_nothing(found: Trust) -> None:
    figure = found.agreement["occlusion"]
    assert figure.own == pytest.approx((1.0, 1.0, 1.0))
    assert figure.verdict == "better than maps that know nothing"
    assert abs(figure.controls["random"].score) < 0.4


def test_the_sign_of_what_mattered_does_not_count() -> None:
    shares = np.array([0.1, 0.2, 0.7])
    assert agreement([shares] * 2, {"gradient": [-shares] * 2})["gradient"].own.score == pytest.approx(1)


def test_of_one_example_the_intervals_are_over_draws() -> None:
    shares = np.random.default_rng(1).random(9)
    figure = agreement([shares], {"occlusion": [shares]})["occlusion"]
    assert figure.own == pytest.approx((1.0, 1.0, 1.0))
    assert figure.controls["random"].low < 0 < figure.controls["random"].high
    assert figure.controls["permuted"].low < figure.controls["permuted"].high
    assert figure.verdict == "better than maps that know nothing"


def test_ways_without_an_order_are_left_out() -> None:
    assert agreement([np.ones(5)] * 3, {"occlusion": [np.arange(5.0)] * 3}) == {}


def test_what_is_written_down_is_read_back(found: Trust) -> None:
    written = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert set(written) == {"erased", "agreement"}
    assert Trust.from_json(written).to_json() == written
    assert trust_from_json({}) is None
    assert trust_from_json({"trust": None}) is None


def test_a_look_carries_it_through_a_file_and_one_without_is_as_it_was(found: Trust) -> None:
    seen = AttentionMap(np.eye(2), (Axis("target", ("a", "b")), Axis("source", ("c", "d"))))
    plain = Look("cd", "ab", 0.0, 0.0, seen)
    assert "trust" not in plain.to_json()
    assert Look.from_json(plain.to_json()).trust is None
    written = json.loads(json.dumps(replace(plain, trust=found).to_json()))
    assert written["version"] == plain.to_json()["version"]
    read = Look.from_json(written).trust
    assert read is not None
    assert read.to_json() == found.to_json()


@pytest.mark.parametrize("damaged", [{}, {"erased": {}}, {"erased": {"memory": 3}, "agreement": {}}, 5])
def test_what_is_damaged_is_refused(damaged: object) -> None:
    with pytest.raises(DataError, match="figures of trust are damaged"):
        trust_from_json({"trust": damaged})


def test_curves_without_bands_are_refused() -> None:
    looks = [np.eye(3)[0]] * 2
    written = faithfulness([(look, lambda seen: seen[:, 0].astype(float)) for look in looks]).to_json()
    written["curves"]["own"]["deletion"] = [1.0, 0.5, 0.0]
    with pytest.raises(DataError, match=r"figures of trust are damaged.* Make the look again"):
        trust_from_json({"trust": {"erased": {"memory": written}, "agreement": {}}})


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.1, 0.2, "worse when it is held"), (-0.2, -0.1, "better when it is held"), (-0.1, 0.2, None)],
)
def test_a_gate_that_is_held_is_judged_where_the_interval_holds_no_0(
    low: float, high: float, verdict: str | None
) -> None:
    held = Clamped(Interval(0.0, low, high), Interval(1.0, 0.0, 2.0))
    assert held.verdict == verdict
    written = Trust({}, {}, {"gate": {"one": held}}).to_json()
    assert written["clamped"]["gate"]["one"] == held.to_json()
