"""Texts as token ids, on disk; what can't be learnt from is left out and counted."""

import pytest

from saccade.data.encoded_texts import encode_texts
from saccade.data.tokenizers import Tokenizer
from saccade.errors import DataError


def test_rows_are_what_the_tokenizer_says_over_several_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("saccade.data.encoded_texts._TEXTS_AT_ONCE", 3)
    texts = ["a cat", "a", "cat a cat", "xyz", "cat cat cat cat", "a a", "cat"]
    tokenizer = Tokenizer.train(texts[:3], kind="word")
    encoded = encode_texts(texts, tokenizer, max_tokens=3)
    assert (len(encoded), encoded.too_long, encoded.unknown) == (5, 1, 1)
    kept = [texts[place] for place in (0, 1, 2, 5, 6)]
    assert [row.tolist() for row in encoded.rows([4, 0, 2, 3, 1])] == tokenizer.ids([kept[i] for i in (4, 0, 2, 3, 1)])
    assert encoded.lengths.tolist() == [3, 2, 4, 3, 2]


def test_no_text_left_is_refused() -> None:
    tokenizer = Tokenizer.train(["a cat"], kind="word")
    with pytest.raises(DataError, match=r"None of the 3 texts is left: 2 have more than 1 tokens, and 1 have none"):
        encode_texts(["a cat", "xyz", "cat cat"], tokenizer, max_tokens=1)
