"""Pairs as ids on disk."""

from pathlib import Path

import numpy as np
import pytest

from saccade.data.encoded import encode_pairs
from saccade.data.pairs import Pairs
from saccade.data.pieces import BEGIN, END
from saccade.data.tokenizers import Tokenizer
from saccade.errors import DataError, StorageError

PAIRS = Pairs.of((f"{number:b} x", "y" * (number % 7 + 1)) for number in range(101))
SOURCE = Tokenizer.train(PAIRS.source, kind="char")
TARGET = Tokenizer.train(PAIRS.target, kind="char")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several record batches from few pairs."""
    monkeypatch.setattr("saccade.data.encoded._PAIRS_AT_ONCE", 13)


def test_rows_are_what_the_tokenizers_say() -> None:
    encoded = encode_pairs(PAIRS, SOURCE, TARGET)
    assert len(encoded) == len(PAIRS)
    assert encoded.too_long == 0
    places = [100, 3, 12, 13, 3]
    for place, (source, target) in zip(places, encoded.rows(places), strict=True):
        assert source.tolist() == SOURCE.encode(PAIRS.source[place]).ids
        assert target.tolist() == [BEGIN, *TARGET.encode(PAIRS.target[place]).ids]
        assert len(source) == encoded.source_lengths[place]
        assert len(target) == encoded.target_lengths[place]


def test_rows_of_an_array_of_places() -> None:
    encoded = encode_pairs(PAIRS, SOURCE, TARGET)
    rows = encoded.rows(np.array([5, 1]))
    assert [target.tolist()[-1] for _, target in rows] == [END, END]
    assert encoded.rows([]) == []


@pytest.mark.parametrize("limit", [5, 6, 8])
def test_long_ones_are_left_out_and_counted(limit: int) -> None:
    encoded = encode_pairs(PAIRS, SOURCE, TARGET, limit)
    fitting = [place for place, (source, target) in enumerate(PAIRS) if max(len(source), len(target)) <= limit]
    assert len(encoded) == len(fitting)
    assert encoded.too_long == len(PAIRS) - len(fitting)
    assert encoded.source_lengths.max() <= limit + 1
    last = encoded.rows([len(encoded) - 1])[0][0]
    assert SOURCE.decode(last.tolist()) == PAIRS.source[fitting[-1]]


def test_when_none_is_left() -> None:
    with pytest.raises(
        DataError, match=r"All 101 pairs have a side of more than 2 tokens.* Raise `max_tokens_per_side`"
    ):
        encode_pairs(PAIRS, SOURCE, TARGET, 2)


def test_what_was_encoded_before_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = Pairs.of([("1 x", "y"), ("10 x", "yy"), ("1111111 x", "y")])
    first = encode_pairs(few, SOURCE, TARGET, 7, cache_dir=tmp_path / "new")
    with monkeypatch.context() as patched:
        patched.setattr(Tokenizer, "ids", None)
        again = encode_pairs(few, SOURCE, TARGET, 7, cache_dir=tmp_path / "new")
    assert again.too_long == first.too_long == 1
    assert [(s.tolist(), t.tolist()) for s, t in again.rows([0, 1])] == [
        (s.tolist(), t.tolist()) for s, t in first.rows([0, 1])
    ]
    assert len(list((tmp_path / "new").iterdir())) == 1


@pytest.mark.parametrize("change", ["text", "tokenizer", "limit"])
def test_what_differs_is_encoded_anew(tmp_path: Path, change: str) -> None:
    few, other = Pairs.of([("1 x", "y")]), Pairs.of([("1 x", "yy")])
    lower = Tokenizer.train(PAIRS.target, kind="char", lowercase=True)
    encode_pairs(few, SOURCE, TARGET, 7, cache_dir=tmp_path)
    encode_pairs(
        other if change == "text" else few,
        SOURCE,
        lower if change == "tokenizer" else TARGET,
        8 if change == "limit" else 7,
        cache_dir=tmp_path,
    )
    assert len(list(tmp_path.iterdir())) == 2


def test_texts_that_run_into_each_other_are_not_the_same(tmp_path: Path) -> None:
    encode_pairs(Pairs.of([("1", "yx"), ("x", "y")]), SOURCE, TARGET, cache_dir=tmp_path)
    encode_pairs(Pairs.of([("1y", "x"), ("x", "y")]), SOURCE, TARGET, cache_dir=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here")
    with pytest.raises(StorageError, match=r"could not be written: .* What was saved before is untouched"):
        encode_pairs(Pairs.of([("1", "y")]), SOURCE, TARGET, cache_dir=tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "here"
