"""Maps keep their labels, survive a file, and join pieces to words without losing weight."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saccade.data.tokenizers import Tokenizer
from saccade.errors import DataError
from saccade.maps import AttentionMap, Axis, written_spans

TARGET = Axis("target", ("I", "lo", "ve", "Chi", "na", "<end>"), ((0, 1), (2, 4), (4, 6), (7, 10), (10, 12), (12, 12)))
SOURCE = Axis("source", ("我", "爱", "中", "国", "<end>"), ((0, 1), (1, 2), (2, 3), (3, 4), (4, 4)))
WEIGHTS = np.array(
    [
        [0.75, 0.25, 0.00, 0.00, 0.00],
        [0.25, 0.50, 0.25, 0.00, 0.00],
        [0.00, 0.50, 0.25, 0.25, 0.00],
        [0.00, 0.00, 0.50, 0.50, 0.00],
        [0.00, 0.00, 0.25, 0.75, 0.00],
        [0.00, 0.00, 0.00, 0.00, 1.00],
    ]
)


@st.composite
def parts(draw: st.DrawFn) -> tuple[np.ndarray, tuple[Axis, ...], str]:
    # Not the map itself: the type checker of tests draws random numbers, which a strategy must not.
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 11))
    numbers = st.floats(0, 1, width=32)
    weights = draw(st.lists(st.lists(numbers, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    axes = []
    for name, size in (("target", rows), ("source", columns)):
        labels = tuple(draw(st.lists(st.text(max_size=3), min_size=size, max_size=size)))
        spans = tuple((i, i + 1) for i in range(size)) if draw(st.booleans()) else None
        cut = draw(st.integers(0, size))
        groups = (tuple(range(cut)),) if cut and draw(st.booleans()) else None
        axes.append(Axis(name, labels, spans, groups))
    return np.array(weights), tuple(axes), draw(st.text(max_size=5))


def test_weights_are_kept_and_locked() -> None:
    given_weights = WEIGHTS.copy()
    found = AttentionMap(given_weights, (TARGET, SOURCE), "decoder.0")
    given_weights[0, 0] = 0.5
    assert found.weights[0, 0] == 0.75
    assert found.weights.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        found.weights[0, 0] = 0


@given(parts())
def test_json_brings_back_every_bit(made_of: tuple[np.ndarray, tuple[Axis, ...], str]) -> None:
    seen = AttentionMap(*made_of)
    back = AttentionMap.from_json(json.loads(json.dumps(seen.to_json(), allow_nan=False)))
    np.testing.assert_array_equal(back.weights, seen.weights)
    assert back.axes == seen.axes
    assert back.layer == seen.layer


def test_json_is_short() -> None:
    weights = AttentionMap(np.array([[0.1, 1 / 3]]), (Axis("target", ("a",)), Axis("source", ("b", "c")))).to_json()
    assert weights["weights"] == [[0.1, 0.33333334]]


def test_an_empty_map_survives_too() -> None:
    seen = AttentionMap(np.zeros((0, 3)), (Axis("target", ()), Axis("source", ("a", "b", "c"))))
    assert AttentionMap.from_json(seen.to_json()).weights.shape == (0, 3)


@pytest.mark.parametrize(
    ("weights", "axes", "message"),
    [
        (WEIGHTS.T, (TARGET, SOURCE), r"these are 5 × 6, the axes target 6 × source 5"),
        (WEIGHTS, (TARGET,), r"these are 6 × 5, the axes target 6\."),
        (WEIGHTS[:1, :1], (Axis("target", ("a",), ((0, 1), (1, 2))), Axis("source", ("b",))), r"2 spans and 1 labels"),
        (np.where(WEIGHTS == 1.0, np.nan, WEIGHTS), (TARGET, SOURCE), r"its weight at \(5, 4\) is nan"),
        (np.where(WEIGHTS == 1.0, np.inf, WEIGHTS), (TARGET, SOURCE), r"its weight at \(5, 4\) is inf"),
        (WEIGHTS, (TARGET, SOURCE._replace(groups=((0, 1), (1, 2)))), r"`source` may be in one group, but \[1\]"),
        (WEIGHTS, (TARGET._replace(groups=((5, 6),)), SOURCE), r"`target` may be in one group, but \[6\]"),
    ],
)
def test_what_does_not_fit_is_refused(weights: np.ndarray, axes: tuple[Axis, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        AttentionMap(weights, axes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "saccade.look"}, r"no saccade.attention-map: its `format` is 'saccade.look'"),
        ({"version": 2}, r"version 2; this saccade reads version 1"),
        ({"weights": [[1.0, 2.0], [3.0]]}, r"damaged"),
        ({"weights": "no"}, r"damaged"),
        ({"axes": [{"labels": ["a"]}]}, r"`name` is missing"),
        ({"weights": [[0.5]]}, r"these are 1 × 1, the axes target 6 × source 5"),
    ],
)
def test_a_damaged_file_is_named(change: dict[str, Any], message: str) -> None:
    saved = AttentionMap(WEIGHTS, (TARGET, SOURCE)).to_json()
    with pytest.raises(DataError, match=message):
        AttentionMap.from_json(saved | change)


@pytest.mark.parametrize("saved", [[], None, "map", {}])
def test_something_else_is_no_map(saved: Any) -> None:
    with pytest.raises(DataError, match=r"its `format` is None"):
        AttentionMap.from_json(saved)


def test_pieces_join_to_words() -> None:
    seen = AttentionMap(WEIGHTS, (TARGET, SOURCE), "decoder")
    words = seen.joined(source_groups=[[2, 3]], target_groups=[[1, 2], [3, 4]])
    assert words.axes[0] == Axis("target", ("I", "love", "China", "<end>"), ((0, 1), (2, 6), (7, 12), (12, 12)))
    assert words.axes[1] == Axis("source", ("我", "爱", "中国", "<end>"), ((0, 1), (1, 2), (2, 4), (4, 4)))
    np.testing.assert_array_equal(
        words.weights, [[0.75, 0.25, 0, 0], [0.125, 0.5, 0.375, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    )
    assert words.layer == "decoder"


def test_the_axes_own_groups_are_the_default() -> None:
    axes = (TARGET._replace(groups=((1, 2), (3, 4))), SOURCE._replace(groups=((2, 3),)))
    asked = AttentionMap(WEIGHTS, (TARGET, SOURCE)).joined([[2, 3]], [[1, 2], [3, 4]])
    np.testing.assert_array_equal(AttentionMap(WEIGHTS, axes).joined().weights, asked.weights)


def test_words_are_labelled_by_the_text() -> None:
    source = Axis("source", ("▁n", "ai", "\u0308ve", "<end>"), ((1, 2), (2, 4), (4, 7), (7, 7)), ((0, 1, 2),))
    seen = AttentionMap(np.ones((1, 4)) / 4, (Axis("target", ("x",)), source))
    assert seen.joined().axes[1].labels == ("▁nai\u0308ve", "<end>")
    assert seen.joined(source_text=" nai\u0308ve").axes[1].labels == ("nai\u0308ve", "<end>")
    assert seen.joined(source_text=" nai\u0308ve").axes[1].spans == ((1, 7), (7, 7))


@given(parts())
def test_joining_loses_no_weight(made_of: tuple[np.ndarray, tuple[Axis, ...], str]) -> None:
    seen = AttentionMap(*made_of)
    columns_only = seen.joined(target_groups=[])
    np.testing.assert_allclose(columns_only.weights.sum(axis=1), seen.weights.sum(axis=1), rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(seen.joined([], []).weights, seen.weights)


def test_only_two_sides_can_be_joined() -> None:
    three = AttentionMap(
        np.ones((2, 3, 5)), tuple(Axis(name, ("a",) * n) for name, n in zip("abc", (2, 3, 5), strict=True))
    )
    with pytest.raises(DataError, match=r"has the axes a, b, c"):
        three.joined()


def test_spans_of_what_was_written() -> None:
    pieces = ["<end>", "I", " love", " Chi", "na", "  "]
    assert written_spans(lambda ids: "".join(pieces[i] for i in ids if i), [1, 2, 5, 3, 4, 0]) == (
        (0, 1),
        (2, 6),
        (8, 8),
        (9, 12),
        (12, 14),
        (14, 14),
    )


def test_what_only_changed_the_last_character_has_its_span() -> None:
    tokenizer = Tokenizer.train(["\ud55c\uae00 \u00e9"], kind="char", normalisation="NFD")
    ids = tokenizer.encode("\ud55c \u00e9").ids
    assert written_spans(tokenizer.decode, ids) == ((0, 1), (0, 1), (0, 1), (2, 2), (2, 3), (2, 3), (3, 3))
