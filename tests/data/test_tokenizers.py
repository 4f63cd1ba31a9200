"""Tokenizers: there and back again, what is never seen, what is saved."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saccade.data.pieces import BEGIN, END, PAD, UNKNOWN, UNREADABLE
from saccade.data.tokenizers import VERSION, Tokenizer, TokenizerPair
from saccade.errors import DataError, MissingError, OptionError, RunError

TEXTS = [
    "Two young, white males (outside) said: “don't!”",
    "Zwei Männer – im Freien …",
    "我爱中国。 我们爱你!",
    "date 1987-03-07, 3/7/1987; 100 % & $5 + 7 = x_y",
    "👩‍👩‍👧 und 👍🏽 sind Zeichen",
    "한국어 띄어쓰기 हिन्दी में",
]
KINDS = ("char", "word", "bpe", "unigram")
SMALL = {"char": None, "word": None, "bpe": 211, "unigram": 211}


@pytest.fixture(scope="module", params=KINDS)
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return Tokenizer.train(iter(TEXTS), kind=request.param, vocabulary_size=SMALL[request.param])


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_comes_back(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


@pytest.mark.parametrize("kind", ["char", "bpe", "unigram"])
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_text_of_known_characters_comes_back_normalised(kind: str, data: st.DataObject) -> None:
    tokenizer = TRAINED[kind]
    alphabet = sorted({character for text in TEXTS for character in text} | {"\t", "\n", "\u00a0"})
    text = data.draw(st.text(st.sampled_from(alphabet), max_size=43))
    assert tokenizer.decode(tokenizer.encode(text).ids) == tokenizer.normalised(text)


@given(st.text(max_size=29))
@settings(max_examples=200, deadline=None)
def test_no_text_at_all_breaks_it_or_ends_it(text: str) -> None:
    for tokenizer in TRAINED.values():
        encoding = tokenizer.encode(text)
        assert encoding.ids.count(END) == 1
        assert encoding.ids[-1] == END
        assert not {PAD, BEGIN} & set(encoding.ids)
        assert len(encoding.ids) == len(encoding.pieces) == len(encoding.spans)


@pytest.mark.parametrize("name", ["<pad>", "<begin>", "<end>", "<unknown>"])
def test_a_special_name_in_the_text_is_text(tokenizer: Tokenizer, name: str) -> None:
    ids = tokenizer.encode(f"und {name} und").ids
    assert not {PAD, BEGIN, END} & set(ids[:-1])


def test_the_special_pieces_have_their_places(tokenizer: Tokenizer) -> None:
    assert [tokenizer.piece(i) for i in (PAD, BEGIN, END, UNKNOWN)] == ["<pad>", "<begin>", "<end>", "<unknown>"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_never_seen_is_unknown(kind: str) -> None:
    tokenizer = Tokenizer.train(["ab ab b", "a b"], kind=kind, vocabulary_size=SMALL[kind] and 11)
    encoding = tokenizer.encode("a ж")
    assert encoding.ids.count(UNKNOWN) == 1
    assert tokenizer.decode(encoding.ids) == f"a {UNREADABLE}"
    assert encoding.pieces[encoding.ids.index(UNKNOWN)].removeprefix("▁") == "ж"


@pytest.mark.parametrize("kind", KINDS)
def test_empty_and_blank_texts_are_only_an_end(kind: str) -> None:
    tokenizer = TRAINED[kind]
    for text in ("", " ", "\t \u3000"):
        encoding = tokenizer.encode(text)
        assert encoding.ids == [END]
        assert encoding.spans == [(len(text), len(text))]
    assert tokenizer.decode([END]) == ""


def test_many_are_encoded_as_each_alone(tokenizer: Tokenizer) -> None:
    alone = [tokenizer.encode(text) for text in TEXTS]
    assert tokenizer.encode_batch(TEXTS) == alone
    assert tokenizer.ids(iter(TEXTS)) == [encoding.ids for encoding in alone]


def test_half_a_character_is_unknown(tokenizer: Tokenizer) -> None:
    encoding = tokenizer.encode("und \udc80 und")
    assert encoding.ids.count(UNKNOWN) == 1
    assert encoding.spans[encoding.ids.index(UNKNOWN)] == (4, 5)
    assert tokenizer.ids(["und", "und \udc80 und"])[1] == encoding.ids


def test_decoding_stops_at_the_first_end(tokenizer: Tokenizer) -> None:
    ids = tokenizer.encode("und").ids
    assert tokenizer.decode([BEGIN, *ids, *ids, PAD, PAD]) == "und"


def test_lower_case_and_compatible_forms() -> None:
    tokenizer = Tokenizer.train(["full width"], kind="word", lowercase=True, normalisation="NFKC")
    assert tokenizer.decode(tokenizer.encode("ＦＵＬＬ Width").ids) == "full width"


def test_both_forms_of_unicode_are_one() -> None:
    tokenizer = Tokenizer.train(["Ma\u0308nner"], kind="char")
    assert tokenizer.encode("M\u00e4nner").ids == tokenizer.encode("Ma\u0308nner").ids


def test_characters_are_taken_apart_and_put_together_again() -> None:
    text = "\ud55c\uae00 \u00e9t\u00e9"
    tokenizer = Tokenizer.train([text], kind="char", normalisation="NFD")
    pieces = tokenizer.encode(text).pieces
    assert pieces[:3] == ["\u1112", "\u1161", "\u11ab"]
    assert len(pieces) == 6 + 1 + 5 + 1
    assert tokenizer.decode(tokenizer.encode(text).ids) == tokenizer.normalised(text) == text
    # A syllable that was never seen, of parts that were.
    assert tokenizer.decode(tokenizer.encode("\ud558").ids) == "\ud558"


def test_phones_are_pieces_whole() -> None:
    phones = "t͡ʃ ə n ˈa ˧˧ k͈"
    tokenizer = Tokenizer.train([phones], kind="word", punctuation="attached")
    assert tokenizer.encode(phones).pieces == ["▁t͡ʃ", "▁ə", "▁n", "▁ˈa", "▁˧˧", "▁k͈", "<end>"]
    assert tokenizer.decode(tokenizer.encode(phones).ids) == phones


def test_rare_words_are_left_out() -> None:
    tokenizer = Tokenizer.train(["a a b"], kind="word", min_count=2)
    assert tokenizer.vocabulary_size == 5
    assert tokenizer.encode("b").ids == [UNKNOWN, END]


@pytest.mark.parametrize("kind", KINDS)
def test_no_more_pieces_than_asked_for(kind: str) -> None:
    assert Tokenizer.train(TEXTS, kind=kind, vocabulary_size=151).vocabulary_size <= 151


@pytest.mark.parametrize("kind", ["char", "word", "bpe"])
def test_the_same_texts_teach_the_same_pieces(kind: str) -> None:
    first, second = (Tokenizer.train(TEXTS, kind=kind, vocabulary_size=SMALL[kind]) for _ in range(2))
    assert first.to_json() == second.to_json()


def test_training_takes_one_text_at_a_time() -> None:
    taken = 0

    def texts():
        nonlocal taken
        for number in range(5003):
            taken += 1
            yield f"w{number % 7}"

    assert Tokenizer.train(texts(), kind="word").vocabulary_size > 4
    assert taken == 5003


def test_a_line_of_100_000_characters(tokenizer: Tokenizer) -> None:
    line = "und im Freien " * 7142 + "und im Freien"
    encoding = tokenizer.encode(line)
    assert tokenizer.decode(encoding.ids) == line
    assert encoding.spans[-2][1] == len(line)


def test_one_word_of_100_000_characters(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("n" * 100_000).ids[-1] == END


def test_saved_and_loaded_it_is_the_same(tokenizer: Tokenizer, tmp_path: Path) -> None:
    tokenizer.save(tmp_path / "new" / "tokenizer.json")
    loaded = Tokenizer.load(tmp_path / "new" / "tokenizer.json")
    assert [loaded.encode(text) for text in TEXTS] == [tokenizer.encode(text) for text in TEXTS]
    assert loaded.encode("<end> <pad>") == tokenizer.encode("<end> <pad>")
    assert loaded.options == tokenizer.options
    assert loaded.vocabulary_size == tokenizer.vocabulary_size


def test_a_pair_is_one_file(tmp_path: Path) -> None:
    pair = TokenizerPair(TRAINED["char"], TRAINED["word"])
    pair.save(tmp_path / "tokenizer.json")
    loaded = TokenizerPair.load(tmp_path / "tokenizer.json")
    assert not loaded.shared
    assert loaded.source.to_json() == pair.source.to_json()
    assert loaded.target.to_json() == pair.target.to_json()
    assert [path.name for path in tmp_path.iterdir()] == ["tokenizer.json"]


def test_a_shared_tokenizer_is_saved_once_and_shared_again(tmp_path: Path) -> None:
    TokenizerPair(TRAINED["char"], TRAINED["char"]).save(tmp_path / "tokenizer.json")
    loaded = TokenizerPair.load(tmp_path / "tokenizer.json")
    assert loaded.shared
    assert json.loads((tmp_path / "tokenizer.json").read_text())["target"] is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"kind": "wrod"},
            r"`wrod` is not a kind of tokenizer. Did you mean `word`\? Allowed: bpe, char, unigram, word",
        ),
        ({"kind": "bpe", "normalisation": "NFX"}, r"`normalisation` .* is `NFX`. .*Allowed: NFC, NFD, NFKC"),
        ({"kind": "word", "punctuation": "gone"}, r"`punctuation` is `gone`. Allowed: attached, separate"),
        ({"kind": "bpe", "vocabulary_size": 4}, r"`vocabulary_size` must be above 4.* but is 4\."),
        ({"kind": "bpe", "vocabulary_size": 0}, r"`vocabulary_size` must be above 4.* but is 0\."),
        ({"kind": "word", "min_count": 0}, r"`min_count` must be 1 or more, but is 0"),
        ({"kind": "unigram", "min_count": 3}, r"`min_count` is 3, but unigram has no such option.* or take bpe"),
        (
            {"kind": "unigram", "vocabulary_size": 7},
            r"`vocabulary_size` is 7, which could not be trained .* Take a larger",
        ),
    ],
)
def test_options_that_are_not_allowed(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Tokenizer.train(TEXTS, **options)


@pytest.mark.parametrize("texts", [[], [""], [" ", "\t"]])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_learn_from(kind: str, texts: list[str]) -> None:
    with pytest.raises(DataError, match=r"no text to train a tokenizer on. Give at least one line"):
        Tokenizer.train(texts, kind=kind)


@pytest.mark.parametrize("before", [[], ["a"]])
def test_an_error_while_reading_texts_is_told_as_it_is(before: list[str]) -> None:
    def texts():
        yield from before
        raise DataError("line 2 is not UTF-8")

    with pytest.raises(DataError, match="line 2 is not UTF-8"):
        Tokenizer.train(texts(), kind="word")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "not a tokenizer that Saccade saved, or is damaged"),
        ("[1]", "not a tokenizer that Saccade saved, or is damaged"),
        ('{"a": 1}', "not a tokenizer that Saccade saved, or is damaged"),
        (f'{{"format": "saccade.tokenizer", "version": {VERSION + 1}}}', f"of version {VERSION + 1}.* a newer Saccade"),
        ('{"format": "other", "version": 1}', "is `other` of version 1"),
        ('{"format": "saccade.tokenizer", "version": 1}', "is damaged"),
        ('{"format": "saccade.tokenizer", "version": 1, "source": {}, "target": null}', "is damaged"),
        (
            '{"format": "saccade.tokenizer", "version": 1, "source": {"tokenizer": {}, "options": {}}, "target": null}',
            "is damaged",
        ),
    ],
)
def test_a_damaged_file(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    for load in (Tokenizer.load, TokenizerPair.load):
        with pytest.raises(RunError, match=message):
            load(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"no such file. Give the tokenizer.json of a run"):
        Tokenizer.load(tmp_path / "tokenizer.json")


TRAINED = {kind: Tokenizer.train(TEXTS, kind=kind, vocabulary_size=SMALL[kind]) for kind in KINDS}


@pytest.mark.parametrize(
    ("kind", "text"), [("word", "a dog, a cat"), ("word", "dog a"), ("char", "a dog"), ("bpe", "a dog")]
)
def test_what_is_unknown_is_decoded_as_the_source_has_it(kind: str, text: str) -> None:
    tokenizer = Tokenizer.train(["a cat, a tac"] * 3, kind=kind, vocabulary_size=None if kind != "bpe" else 11)
    read = tokenizer.encode(text)
    assert UNKNOWN in read.ids
    size = tokenizer.vocabulary_size
    copied = [size + place if number == UNKNOWN else number for place, number in enumerate(read.ids)]
    assert tokenizer.decode(copied, read.pieces) == text
    assert [tokenizer.piece(number, read.pieces) for number in copied] == read.pieces
