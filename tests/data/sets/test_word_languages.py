"""Words with their languages, out of the lists that there are."""

from pathlib import Path

import pytest

from saccade.data.sets.word_languages import word_languages
from saccade.errors import MissingError, OptionError


def write_lists(home: Path) -> None:
    folder = home / "g2p_sigmorphon2021"
    folder.mkdir()
    english = "".join(f"word{number}\tw\n" for number in range(7)) + "word0\tv\n"
    (folder / "high_eng_us_dev.tsv").write_text(english)
    (folder / "medium_dut_dev.tsv").write_text("aad\ta\naalst\ta\naam\ta\n")


def test_each_language_has_as_many_taken_evenly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_lists(tmp_path)
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    found = word_languages("validation", languages=["eng_us", "dut"])
    assert found.classes == ("Dutch", "English")
    assert list(found.texts) == ["aad", "aalst", "aam", "word0", "word2", "word4"]
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    with pytest.raises(MissingError, match=r"The set `word-languages` is not where `SACCADE_DATA` says"):
        word_languages("test")
    with pytest.raises(OptionError, match=r"`languages` is `eng`. Did you mean `eng_us`"):
        word_languages("test", languages=["eng", "dut"])
    with pytest.raises(OptionError, match=r"`languages` must name two or more, but is \['dut'\]"):
        word_languages("test", languages=["dut"])


def test_the_real_lists(data_home: Path) -> None:
    found = word_languages("validation")
    assert (len(found), len(found.classes)) == (6_000, 6)
