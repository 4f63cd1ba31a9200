"""Blanks in a text are read as one token each, whatever the tokenizer does to what stands beside them."""

import pytest

from saccade.data.blanks import blanked
from saccade.data.tokenizers import Tokenizer
from saccade.errors import DataError

TEXTS = ["A dog is running.", "A man runs in the park.", "two dogs are running, and a man is eating"]
KINDS = {
    "bpe": {"kind": "bpe", "vocabulary_size": 40},
    "unigram": {"kind": "unigram", "vocabulary_size": 40},
    "word": {"kind": "word"},
    "char": {"kind": "char"},
    "attached": {"kind": "bpe", "vocabulary_size": 40, "punctuation": "attached"},
    "lowercase": {"kind": "bpe", "vocabulary_size": 40, "lowercase": True},
}
BLANKS = [
    ("A <mask> is running.", [True]),
    ("<mask> dog", [True]),
    ("  [MASK] dog", [True]),
    ("A dog is running<mask>", [False]),
    ("A dog is run<mask>.", [False]),
    ("<mask>ning  <mask>", [True, True]),
    ("dog <mask>[MASK] <mask>", [True, False, True]),
    ("two <masks> dogs", []),
]


@pytest.fixture(scope="module", params=KINDS)
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return Tokenizer.train(TEXTS, **KINDS[request.param])


@pytest.mark.parametrize(("text", "begins"), BLANKS, ids=[text for text, _ in BLANKS])
def test_each_blank_is_one_token(tokenizer: Tokenizer, text: str, begins: list[bool]) -> None:
    [read] = blanked([text], tokenizer)
    ids, pieces, spans = read.encoding
    assert [place for place, identity in enumerate(ids) if identity == tokenizer.vocabulary_size] == read.places
    assert read.begins == begins
    assert [text[slice(*spans[place])] for place in read.places] == [
        word
        for word in text.replace("]<", "] <")
        .replace("><", "> <")
        .replace("<mask>", " <mask> ")
        .replace("[MASK]", " [MASK] ")
        .split()
        if word in ("<mask>", "[MASK]")
    ]
    # A space goes with the piece after it: none stands alone before a blank.
    if tokenizer.kind != "char":
        assert all(pieces[place - 1] != "▁" for place in read.places if place)
    output, filled = read.filled(["XYZ"] * len(read.places))
    assert output == text.replace("<mask>", "XYZ").replace("[MASK]", "XYZ")
    for place, (before, after) in enumerate(zip(spans, filled, strict=True)):
        assert output[slice(*after)] == ("XYZ" if place in read.places else text[slice(*before)])


def test_what_stands_beside_is_cut_as_without_a_blank(tokenizer: Tokenizer) -> None:
    [read] = blanked(["A man <mask> in the park."], tokenizer)
    whole = tokenizer.encode("A man runs in the park.")
    place = read.places[0]
    assert read.encoding.ids[:place] == whole.ids[:place]
    rest = len(read.encoding.ids) - place - 1
    assert read.encoding.ids[-rest:] == whole.ids[-rest:]


@pytest.mark.parametrize("text", ["A dog is run<mask>.", "<mask>ning", "a <mask><mask> dog"])
def test_a_blank_within_what_is_never_cut_is_refused(text: str) -> None:
    words = Tokenizer.train(TEXTS, kind="word", punctuation="attached")
    with pytest.raises(
        DataError, match=r"a blank is written onto a word, .* Put a space on either side of each <mask>"
    ):
        blanked([text], words)
    assert blanked(["A dog <mask> running."], words)[0].places == [2]
