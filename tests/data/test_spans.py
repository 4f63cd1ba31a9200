"""Spans: where each piece stands in the raw text, whatever normalisation did to it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.tokenizers import Tokenizer

FAMILY = "👩\u200d👩\u200d👧"


def covered(text: str, **options: object) -> list[str]:
    """What the pieces cover of a text, by a tokenizer that has seen it."""
    encoding = Tokenizer.train([text], **options).encode(text)
    return [text[start:end] for start, end in encoding.spans[:-1]]


def test_a_space_is_in_no_span() -> None:
    assert covered("  Two\u00a0 men,\tsaid  ", kind="word") == ["Two", "men", ",", "said"]


def test_lower_case_does_not_move_them() -> None:
    # İ in lower case is two characters.
    text = "İstanbul Straße ÇOK"
    assert covered(text, kind="word", lowercase=True) == ["İstanbul", "Straße", "ÇOK"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("a\u0308b", ["a\u0308", "b"]),
        ("a\u0323\u0302 e\u0301", ["a\u0323\u0302", " ", "e\u0301"]),
        ("ぱは\u309a", ["ぱ", "は\u309a"]),
        ("q\u0308b", ["q", "\u0308", "b"]),
        ("각\u1100\u1161\u11a8", ["각", "\u1100\u1161\u11a8"]),
    ],
    ids=["joined", "two marks", "kana", "no joint form", "jamo"],
)
def test_combining_marks_are_in_the_span_of_their_letter(text: str, pieces: list[str]) -> None:
    assert covered(text, kind="char") == pieces


def test_characters_of_chinese_and_beyond_the_first_plane() -> None:
    text = "我爱𠮷野家 👍🏽"
    assert covered(text, kind="char") == list(text)
    assert covered(text, kind="word") == ["我", "爱", "𠮷", "野", "家", "👍", "🏽"]


def test_an_emoji_of_several() -> None:
    text = f"a {FAMILY} b"
    assert "".join(covered(text, kind="char")) == text
    assert "".join(covered(text, kind="bpe", vocabulary_size=31)) == f"a{FAMILY}b"


def test_compatible_forms_that_grow() -> None:
    assert covered("ﬁn ㎏", kind="word", normalisation="NFKC") == ["ﬁn", "㎏"]


def test_parts_of_a_character_are_where_it_stands() -> None:
    text = "a\ud55cb\u00e9"
    encoding = Tokenizer.train([text], kind="char", normalisation="NFD").encode(text)
    assert encoding.spans == [(0, 1), (1, 2), (1, 2), (1, 2), (2, 3), (3, 4), (3, 4), (4, 4)]


def test_white_space_before_a_mark() -> None:
    assert covered('er: "ja" ( 3 )', kind="word") == ["er", ":", '"', "ja", '"', "(", "3", ")"]


def test_the_end_has_an_empty_span_at_the_end() -> None:
    for text in ("", "ab ", "我"):
        assert Tokenizer.train(["ab"], kind="char").encode(text).spans[-1] == (len(text), len(text))


def test_an_unknown_piece_is_shown_as_the_text_has_it() -> None:
    encoding = Tokenizer.train(["a b"], kind="word").encode("Жук  a Ёж")
    assert encoding.pieces == ["Жук", "▁a", "▁Ёж", "<end>"]
    assert encoding.spans == [(0, 3), (5, 6), (7, 9), (9, 9)]


KINDS = {
    "char": Tokenizer.train(["a b c ä e i 我 爱 ! ."], kind="char"),
    "word": Tokenizer.train(["a b c ä e i 我 爱 ! ."], kind="word"),
    "bpe": Tokenizer.train(["ab abc bc ä ei 我爱 ! ."], kind="bpe", vocabulary_size=37),
    "unigram": Tokenizer.train(["ab abc bc ä ei 我爱 ! ."], kind="unigram", vocabulary_size=37),
}


@pytest.mark.parametrize("kind", KINDS)
@given(st.text(st.sampled_from("abÄäİ \t\u0308\u0323我爱!.👍\u200dж"), max_size=23))
@settings(max_examples=150, deadline=None)
def test_spans_go_on_and_on_and_cover_all_but_space(kind: str, text: str) -> None:
    spans = KINDS[kind].encode(text).spans
    assert all(0 <= start <= end <= len(text) for start, end in spans)
    assert all(first[0] <= second[0] and first[1] <= second[1] for first, second in itertools.pairwise(spans))
    seen = {place for start, end in spans for place in range(start, end)}
    assert all(place in seen for place, character in enumerate(text) if not character.isspace())
