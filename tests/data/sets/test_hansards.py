"""Hansards: which lines are whose, and links turned with their languages."""

import lzma
import sys
from pathlib import Path

import pytest

from saccade.data.sets.hansards import hansards, hansards_links
from saccade.errors import DataError, OptionError


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five pairs in place of 200,000, of which three are trained on."""
    home = tmp_path / "hansards_fr_en"
    home.mkdir()
    for language in ("en", "fr"):
        text = "".join(f"{language} {number}\n" for number in range(5))
        (home / f"train200k.{language}.xz").write_bytes(lzma.compress(text.encode()))
    (home / "trial.tsv").write_text("the house\tla chambre\t0-0 1-1\n")
    (home / "test.tsv").write_text("yes\toui , oui\t0-0 0p1 0p2\nno\tnon\t0-0\n")
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    monkeypatch.setattr(sys.modules["saccade.data.sets.hansards"], "TRAINING", 3)
    return home


def test_the_last_pairs_validate(small: Path) -> None:
    assert list(hansards("train")) == [("fr 0", "en 0"), ("fr 1", "en 1"), ("fr 2", "en 2")]
    assert list(hansards("validation", source="en", target="fr")) == [("en 3", "fr 3"), ("en 4", "fr 4")]
    assert list(hansards("test")) == [("oui , oui", "yes"), ("non", "no")]


def test_links_are_turned_with_the_languages(small: Path) -> None:
    there, back = hansards_links("test", source="en", target="fr"), hansards_links("test")
    assert there.pairs[0] == ("yes", "oui , oui")
    assert back.pairs[0] == ("oui , oui", "yes")
    assert sorted(there.links[0].possible) == [(0, 0), (0, 1), (0, 2)]
    assert sorted(back.links[0].possible) == [(0, 0), (1, 0), (2, 0)]
    assert hansards_links("validation").pairs == [("la chambre", "the house")]


def test_wrong_options_and_damaged_links_are_refused(small: Path) -> None:
    with pytest.raises(OptionError, match="`source` and `target` are both `fr`"):
        hansards("train", target="fr")
    with pytest.raises(OptionError, match="`split` is `train`"):
        hansards_links("train")
    (small / "test.tsv").write_text("yes\toui\t0-1\n")
    with pytest.raises(DataError, match=r"test.tsv, line 1: the link 0-1 is beyond the 1 and 1 words"):
        hansards_links("test")


def test_the_real_ones(data_home: Path) -> None:
    found = hansards_links("test", source="en", target="fr")
    assert len(found.pairs) == len(found.links) == 447
    assert len(hansards_links("validation").pairs) == 37
    # As counted in the shared task's own file: 4,038 sure and 17,438 links in all.
    assert sum(len(one.sure) for one in found.links) == 4_038
    assert sum(len(one.possible) for one in found.links) == 17_438


def test_a_line_without_links_is_told(small: Path) -> None:
    (small / "test.tsv").write_text("yes\toui\t0-0\nno\tnon\n")
    with pytest.raises(DataError, match=r"test.tsv, line 2: three columns are wanted"):
        hansards_links("test")
