"""A look holds texts, figures and map together, also through a file."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.maps import AttentionMap, Axis, Look

TARGET = Axis("target", ("▁na", "ïve"), ((0, 2), (2, 5)), ((0, 1),))
SOURCE = Axis("source", ("天", "真"), ((0, 1), (1, 2)))
MAP = AttentionMap(np.array([[0.75, 0.25], [0.25, 0.75]]), (TARGET, SOURCE), "decoder")
LOOK = Look("天真", "naïve", -0.25, -0.5, MAP, (Look("天真", "native", -1.5, -3.0, MAP),))


def test_json_brings_back_everything() -> None:
    back = Look.from_json(json.loads(json.dumps(LOOK.to_json(), allow_nan=False)))
    assert (back.source, back.output, back.score, back.log_prob) == ("天真", "naïve", -0.25, -0.5)
    assert back.map.axes == MAP.axes
    np.testing.assert_array_equal(back.map.weights, MAP.weights)
    assert [other.output for other in back.alternatives] == ["native"]


def test_what_layers_looked_at_comes_back_where_it_was_asked_for() -> None:
    assert "layers" not in LOOK.to_json()
    heads = AttentionMap(
        np.full((2, 1, 1), 1.0), (Axis("head", ("0", "1")), Axis("query", ("a",)), Axis("key", ("b",)))
    )
    back = Look.from_json(json.loads(json.dumps(replace(LOOK, layers=(heads,)).to_json())))
    assert [seen.axes for seen in back.layers] == [heads.axes]


def test_words_carry_the_text() -> None:
    assert LOOK.has_words
    assert LOOK.words.axes[0].labels == ("naïve",)
    np.testing.assert_array_equal(LOOK.words.weights, [[0.5, 0.5]])


def test_no_words_without_groups() -> None:
    plain = AttentionMap(MAP.weights, (TARGET._replace(groups=((0,),)), SOURCE))
    assert not Look("天真", "naïve", 0.0, 0.0, plain).has_words


def test_a_map_of_other_axes_is_refused() -> None:
    with pytest.raises(DataError, match=r"must have the axes target, source, but has source, target"):
        Look("", "", 0.0, 0.0, AttentionMap(MAP.weights, (SOURCE, TARGET)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 7}, r"saccade.look has version 7; this saccade reads version 1"),
        ({"format": None}, r"no saccade.look"),
        ({"score": "high"}, r"look is damaged: could not convert"),
        ({"map": {}}, r"no saccade.attention-map"),
    ],
)
def test_a_damaged_file_is_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Look.from_json(LOOK.to_json() | change)


def test_a_missing_part_is_named() -> None:
    saved = LOOK.to_json()
    del saved["output"]
    with pytest.raises(DataError, match=r"`output` is missing"):
        Look.from_json(saved)
