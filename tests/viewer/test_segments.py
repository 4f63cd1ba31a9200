"""A text cut into tokens is still the text, and no letters are torn from each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saccade.maps import Axis
from saccade.viewer.segments import direction, labels, segments


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, int], ...]]:
    text = draw(st.text(max_size=29))
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=14)))
    return text, tuple(zip(places[::2], places[1::2], strict=False))


@given(cut_texts())
def test_segments_put_together_are_the_text(cut: tuple[str, tuple[tuple[int, int], ...]]) -> None:
    text, spans = cut
    axis = Axis("source", tuple("x" for _ in spans), spans)
    parts = segments(text, axis)
    assert "".join(part.text for part in parts if part.written) == text
    assert [part.token for part in parts if part.token is not None] == list(range(len(spans)))


def test_the_end_is_shown_though_it_is_not_written() -> None:
    parts = segments("a b", Axis("source", ("a", "▁b", "<end>"), ((0, 1), (1, 3), (3, 3))))
    assert [(part.text, part.token, part.written) for part in parts] == [
        ("a", 0, True),
        (" ", None, True),
        ("b", 1, True),
        ("<end>", 2, False),
    ]


@pytest.mark.parametrize("spans", [None, ((2, 3), (0, 1)), ((0, 2), (1, 3)), ((0, 1), (2, 99))])
def test_labels_stand_in_where_spans_are_of_no_use(spans: tuple[tuple[int, int], ...] | None) -> None:
    parts = segments("a b", Axis("source", ("▁x", "y"), spans))
    assert [part.token for part in parts] == [0, None, 1]


@pytest.mark.parametrize(
    ("text", "place", "apart"),
    [
        ("我爱", 1, True),
        ("loved", 4, True),
        ("любовь", 3, True),
        ("3月", 1, True),
        ("الكتب", 3, False),
        ("أحب الكتب", 3, True),
        ("أحب!", 3, True),
        ("हिन्दी", 4, False),
        ("हिन्दी", 2, False),
        ("nai\u0308ve", 3, False),
    ],
)
def test_gaps_only_between_letters_that_stand_alone(text: str, place: int, apart: bool) -> None:
    parts = segments(text, Axis("source", ("", ""), ((0, place), (place, len(text)))))
    first, second = [part for part in parts if part.token is not None]
    assert (first.apart, second.apart) == (apart, apart)


def test_labels_are_what_the_text_says() -> None:
    axis = Axis("source", ("▁ha", "llo", "▁", "<end>"), ((0, 3), (3, 6), (6, 7), (7, 7)))
    assert labels(" hAlLo ", axis) == ["hA", "lLo", "␣", "<end>"]
    assert labels("a\x1b\u2028b", Axis("source", ("a",), ((0, 4),))) == ["a· b"]
    assert labels("", Axis("source", ("▁ha", "▁", "llo"))) == ["ha", "␣", "llo"]


@pytest.mark.parametrize(
    ("text", "way"), [("", "ltr"), ("123", "ltr"), ("abc אבג", "ltr"), ("12 אבג abc", "rtl"), ("أحب", "rtl")]
)
def test_direction_is_the_first_letters(text: str, way: str) -> None:
    assert direction(text) == way
