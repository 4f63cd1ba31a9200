"""From pieces to words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.tokenizers import Tokenizer
from saccade.data.words import covered, labels, word_groups


def words(text: str, **options: object) -> list[str]:
    """The words of a text, by a tokenizer that has seen it."""
    encoding = Tokenizer.train([text], **options).encode(text)
    return labels(text, encoding, word_groups(encoding))


@pytest.mark.parametrize("kind", ["char", "bpe"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two men, outside!", ["Two", "men", ",", "outside", "!"]),
        ("我爱中国。", ["我", "爱", "中", "国", "。"]),
        ("ひらカナ漢", ["ひ", "ら", "カ", "ナ", "漢"]),
        ("한국어 띄어", ["한국어", "띄어"]),
        ("a 我b", ["a", "我", "b"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("1987-03-07", ["1987", "-", "03", "-", "07"]),
        ("“(ja)” 5$", ["“", "(", "ja", ")", "”", "5", "$"]),
    ],
)
def test_words_of_a_text(kind: str, text: str, expected: list[str]) -> None:
    # No two characters are joined, so that the pieces are as small as they get.
    options = {} if kind == "char" else {"vocabulary_size": 4 + len({*text, "▁"} - {" "})}
    assert words(text, kind=kind, **options) == [*expected, "<end>"]


def test_an_emoji_of_several_is_one_word() -> None:
    text = "a 👩\u200d👩\u200d👧 👍🏽 ❤\ufe0f b"
    assert words(text, kind="char") == [*text.split(" "), "<end>"]


def test_a_mark_stays_with_its_letter() -> None:
    assert words("q\u0308 か\u3099", kind="char") == ["q\u0308", "か\u3099", "<end>"]


def test_an_unknown_piece_is_grouped_by_what_it_is() -> None:
    text = "ab аб 我b!"
    encoding = Tokenizer.train(["a"], kind="char").encode(text)
    assert labels(text, encoding, word_groups(encoding)) == ["ab", "аб", "我", "b", "!", "<end>"]


def test_labels_of_pieces_are_the_raw_text() -> None:
    encoding = Tokenizer.train(["two men"], kind="word", lowercase=True).encode("  TWO  Men ")
    assert labels("  TWO  Men ", encoding) == ["TWO", "Men", "<end>"]


def test_a_space_alone_is_shown() -> None:
    encoding = Tokenizer.train(["a b"], kind="char").encode("a b")
    assert labels("a b", encoding) == ["a", " ", "b", "<end>"]


def test_spans_of_words() -> None:
    encoding = Tokenizer.train(["two men!"], kind="char").encode("two  men!")
    assert covered(encoding, word_groups(encoding)) == [(0, 3), (4, 8), (8, 9), (9, 9)]


CHARACTERS = Tokenizer.train(["abc 我!"], kind="char")


@given(st.text(max_size=31))
@settings(max_examples=200, deadline=None)
def test_each_piece_is_in_one_group_in_order(text: str) -> None:
    encoding = CHARACTERS.encode(text)
    groups = word_groups(encoding)
    assert [place for group in groups for place in group] == list(range(len(encoding.ids)))
    assert groups[-1] == [len(encoding.ids) - 1]
    assert all(groups)
