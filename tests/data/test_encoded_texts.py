"""Texts as token ids, on disk, with their end or without; some of them can be kept alone."""

import pytest

from saccade.data.encoded_texts import encode_texts
from saccade.data.text_batches import without_end
from saccade.data.tokenizers import Tokenizer


def test_rows_are_what_the_tokenizer_says_over_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saccade.data.encoded_texts._TEXTS_AT_ONCE", 3)
    texts = ["a cat", "a", "cat a cat", "xyz", "cat cat cat cat", "a a", "cat"]
    tokenizer = Tokenizer.train(texts[:3], kind="word")
    encoded = encode_texts(texts, tokenizer)
    assert encoded.known.tolist() == [text != "xyz" for text in texts]
    kept = encoded.only(encoded.known & (encoded.lengths <= 4))
    left = [texts[place] for place in (0, 1, 2, 5, 6)]
    assert [row.tolist() for row in kept.rows([4, 0, 2, 3, 1])] == tokenizer.ids([left[i] for i in (4, 0, 2, 3, 1)])
    assert kept.lengths.tolist() == [3, 2, 4, 3, 2]
    assert len(encoded) == 7


def test_without_their_end_they_are_what_a_classifier_reads() -> None:
    texts = ["b a", "ab", "", "a"]
    tokenizer = Tokenizer.train(["ab ab"], kind="char")
    encoded = encode_texts(texts, tokenizer, end=False)
    expected = [without_end(tokenizer.encode(text)).ids for text in texts]
    assert [row.tolist() for row in encoded.rows(range(4))] == expected
    assert encoded.lengths.tolist() == [3, 2, 1, 1]
