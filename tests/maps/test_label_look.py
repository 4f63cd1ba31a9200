"""A look at a text with its label: it comes back from JSON, and refuses what is none."""

import json

import numpy as np
import pytest

from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, Axis, LabelLook

TEXT = "not so bad"
PIECES = Axis("source", ("no", "t", "so", "bad"), ((0, 2), (2, 3), (4, 6), (7, 10)), ((0, 1), (2,), (3,)))


def seen(layer: str = "pooling.attention", rows: int = 1) -> AttentionMap:
    weights = np.tile([0.125, 0.375, 0.0, 0.5], (rows, 1))
    return AttentionMap(weights, (Axis("target", ("good",) * rows), PIECES), layer)


def make(*maps: AttentionMap) -> LabelLook:
    return LabelLook(TEXT, (("good", 0.75), ("bad", 0.25)), maps, ((0, 3),), "good", "moods, text 1")


def test_pieces_are_joined_to_words() -> None:
    words = make(seen()).words("pooling.attention")
    assert (words.axes[1].labels, words.weights.tolist()) == (("not", "so", "bad"), [[0.5, 0.0, 0.5]])


def test_it_comes_back_from_json() -> None:
    look = make(seen(), seen("rollout"))
    again = LabelLook.from_json(json.loads(json.dumps(look.to_json())))
    assert again.to_json() == look.to_json()
    assert [one.map.axes[0].labels for one in again.as_looks()] == [("pooling.attention",), ("rollout",)]
    saved = look.to_json()
    del saved["deciding"]
    with pytest.raises(DataError, match=r"The look is damaged: `deciding` is missing"):
        LabelLook.from_json(saved)
    with pytest.raises(DataError, match=r"This is no saccade.label-look: its `format` is 'saccade.look'"):
        LabelLook.from_json({"format": "saccade.look"})


def test_what_is_no_look_is_refused() -> None:
    with pytest.raises(DataError, match=r"needs a label and at least one map, but has 2 labels and 0 maps"):
        make()
    with pytest.raises(DataError, match=r"`pooling.attention` has target, source, and 2 rows"):
        make(seen(rows=2))
    with pytest.raises(DataError, match=r"pooling.attention is there twice"):
        make(seen(), seen())
    with pytest.raises(OptionError, match=r"No map of `poling.attention` was recorded. Did you mean `pooling"):
        make(seen()).map("poling.attention")
