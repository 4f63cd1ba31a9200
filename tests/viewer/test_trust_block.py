"""The block of trust holds every figure beside its controls, and what may be there beyond."""

from typing import Any

import numpy as np

from saccade.maps.faithfulness import faithfulness
from saccade.viewer import trust_block

INTERVAL = {"score": 0.5, "low": 0.25, "high": 0.75}


def figure(**more: Any) -> dict[str, Any]:
    return {**INTERVAL, "controls": {"random": INTERVAL}, "verdict": None, **more}


def test_curves_and_figures_of_what_was_measured() -> None:
    weights = np.array([0.7, 0.2, 0.1])
    measured = faithfulness([(weights, lambda seen: seen @ weights)] * 5, resamples=20).to_json()
    [section] = trust_block({"erased": {"mask": measured}, "agreement": {}})["sections"]
    assert (section["name"], section["examples"]) == ("Erased: mask", 5)
    deletion, insertion = section["panels"]
    assert [line["name"] for line in deletion["lines"]] == ["this map", "random", "uniform", "permuted"]
    points = np.array(insertion["lines"][0]["points"])
    np.testing.assert_allclose(points[:, 0], np.linspace(0, 100, len(points)))
    np.testing.assert_allclose(points[:, 1:], measured["curves"]["own"]["insertion"], atol=1e-4)
    rows = {row["name"]: row for row in section["rows"]}
    assert (rows["sufficiency"]["better"], rows["comprehensiveness"]["better"]) == (
        "lower is better",
        "higher is better",
    )
    assert rows["sufficiency"]["own"][0] == measured["figures"]["sufficiency"]["score"]
    assert list(rows["sufficiency"]["controls"]) == ["random", "uniform", "permuted"]


def test_words_only_where_the_intervals_part() -> None:
    rows = trust_block({"agreement": {"a": figure(), "b": figure(verdict="better")}})["sections"][0]["rows"]
    assert [row["verdict"] for row in rows] == ["no better and no worse than maps that know nothing", "better"]


def test_figures_of_other_names_and_gates_are_shown_too() -> None:
    curves = {
        "own": {"deletion": [[1.0, 0.9, 1.0], [0.5, 0.25, 0.75]], "insertion": [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]}
    }
    found = {"figures": {"flips": figure(higher_is_better=False)}, "curves": curves}
    clamped = {"stage1.gate": {"its mean": {"loss": INTERVAL, "verdict": "worse when it is held"}}}
    erased, held = trust_block({"erased": {"blur": found}, "clamped": clamped})["sections"]
    assert erased["panels"][0]["lines"][0]["points"] == [[0, 1.0, 0.9, 1.0], [100, 0.5, 0.25, 0.75]]
    assert (erased["examples"], erased["rows"][0]["better"]) == (None, "lower is better")
    assert held["rows"] == [
        {
            "name": "to its mean",
            "better": "",
            "own": [0.5, 0.25, 0.75],
            "controls": {},
            "verdict": "worse when it is held",
        }
    ]
