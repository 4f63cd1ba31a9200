"""Sets that lie elsewhere: stand-ins that always run, and the messages where they are missing."""

import gzip
from pathlib import Path

import pytest

from saccade.data.sets import SETS
from saccade.data.sets.bible import HELD_OUT
from saccade.data.sets.g2p import SIZES
from saccade.errors import DataError, MissingError, OptionError

ELSEWHERE = {
    "bible": ("bible_long/bible.ref.gz", "github.com/christos-c/bible-corpus"),
    "g2p": ("g2p_sigmorphon2021/high_eng_us_train.tsv", "github.com/sigmorphon/2021-task1"),
    "hansards": ("hansards_fr_en/train200k.fr.xz", "web.eecs.umich.edu/~mihalcea/wpt"),
    "multi30k": ("multi30k/train.en", "github.com/multi30k/dataset"),
    "tatoeba-zh-en": ("tatoeba_zh_en/train.tsv", "manythings.org/anki"),
}


def test_every_set_but_dates_lies_elsewhere() -> None:
    assert set(SETS) == {*ELSEWHERE, "dates"}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_without_the_setting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SACCADE_DATA", raising=False)
    place, page = ELSEWHERE[name]
    with pytest.raises(
        MissingError, match=f"`{name}` .* `SACCADE_DATA` is not set. Get it from .*{page}.* holds {place}"
    ):
        SETS[name]("train")


@pytest.mark.parametrize("name", ELSEWHERE)
def test_where_the_setting_has_it_not(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    place, page = ELSEWHERE[name]
    with pytest.raises(MissingError, match=f"there is no {tmp_path / place}. Get it from .*{page}"):
        SETS[name]("train")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("bible", {"source": "fr"}, "`source` is `fr`. Allowed: en, es, zh"),
        ("bible", {"target": "en"}, "`source` and `target` are both `en`. Take two of en, es, zh"),
        ("g2p", {"language": "eng"}, r"`language` is `eng`. Did you mean `eng_us`\?"),
        ("multi30k", {"target": "cs"}, "`target` is `cs`. "),
        ("multi30k", {"source": "de"}, "`source` and `target` are both `de`"),
        ("multi30k", {"test": "test_2019"}, "`test` is `test_2019`. Did you mean `test_201"),
        ("tatoeba-zh-en", {"source": "fr"}, "`source` is `fr`. Allowed: en, zh"),
    ],
)
def test_options_that_are_not_allowed(name: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        SETS[name]("train", **options)


@pytest.mark.parametrize("name", SETS)
def test_a_split_that_is_none(name: str) -> None:
    with pytest.raises(OptionError, match=r"`split` is `valid`. Did you mean `validation`\?"):
        SETS[name]("valid")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SACCADE_DATA", str(tmp_path))
    for folder in ("bible_long", "g2p_sigmorphon2021", "multi30k", "tatoeba_zh_en"):
        (tmp_path / folder).mkdir()
    return tmp_path


def test_a_small_multi30k(home: Path) -> None:
    for stem in ("train", "valid", "test_2016", "test_2017_flickr"):
        for language in ("en", "de", "fr"):
            (home / "multi30k" / f"{stem}.{language}").write_text(f"{stem} {language}\n")
    assert list(SETS["multi30k"]("train")) == [("train en", "train de")]
    assert list(SETS["multi30k"]("validation", source="fr", target="en")) == [("valid fr", "valid en")]
    assert list(SETS["multi30k"]("test")) == [("test_2016 en", "test_2016 de")]
    assert list(SETS["multi30k"]("test", test="test_2017_flickr")) == [("test_2017_flickr en", "test_2017_flickr de")]


def test_a_small_tatoeba(home: Path) -> None:
    (home / "tatoeba_zh_en" / "valid.tsv").write_text("source\ttarget\tattribution\n我爱中国\tI love China\tme\n")
    assert list(SETS["tatoeba-zh-en"]("validation")) == [("我爱中国", "I love China")]
    assert list(SETS["tatoeba-zh-en"]("validation", source="en")) == [("I love China", "我爱中国")]


def test_a_small_g2p(home: Path) -> None:
    (home / "g2p_sigmorphon2021" / "high_eng_us_dev.tsv").write_text("church\tt͡ʃ ɝ t͡ʃ\n")
    (home / "g2p_sigmorphon2021" / "medium_kor_test.tsv").write_text("가\tk a̠\n")
    assert list(SETS["g2p"]("validation")) == [("church", "t͡ʃ ɝ t͡ʃ")]
    assert list(SETS["g2p"]("test", language="kor")) == [("가", "k a̠")]


def bible(home: Path, references: list[str], verses: int) -> None:
    """A Bible of these references, with so many verses."""
    lines = {"ref": references} | {name: [f"{name} {n}" for n in range(verses)] for name in ("en", "es", "zh")}
    for name, content in lines.items():
        (home / "bible_long" / f"bible.{name}.gz").write_bytes(gzip.compress("\n".join(content).encode()))


def test_a_small_bible(home: Path) -> None:
    bible(home, ["1.1.1", "6.1.1", "8.4.22", "8.4.23", "66.22.21"], 5)
    assert list(SETS["bible"]("train")) == [("en 0", "es 0"), ("en 4", "es 4")]
    assert list(SETS["bible"]("validation", source="zh", target="en")) == [("zh 2", "en 2"), ("zh 3", "en 3")]
    assert list(SETS["bible"]("test")) == [("en 1", "es 1")]


@pytest.mark.parametrize("references", [["1.1.1"], ["1.1.1", "1.1.2", "1.1.3"], ["Genesis 1", "2.1.1"]])
def test_a_bible_that_does_not_go_together(home: Path, references: list[str]) -> None:
    bible(home, references, 2)
    with pytest.raises(DataError, match=r"bible.ref.gz does not go with .*bible.en.gz and .*bible.es.gz"):
        SETS["bible"]("train")


def test_no_book_is_held_out_twice() -> None:
    books = [number for held in HELD_OUT.values() for number in held]
    assert len(books) == len(set(books))
    assert set(books) <= set(range(1, 67))


@pytest.mark.parametrize(
    ("name", "options", "sizes"),
    [
        ("bible", {}, (27_737, 942, 2_418)),
        ("multi30k", {}, (29_000, 1_014, 1_000)),
        ("tatoeba-zh-en", {}, (26_946, 1_060, 1_049)),
        ("g2p", {}, (33_344, 4_168, 4_168)),
        *(("g2p", {"language": language}, (8_000, 1_000, 1_000)) for language in SIZES if language != "eng_us"),
    ],
)
def test_the_real_sets(data_home: Path, name: str, options: dict[str, str], sizes: tuple[int, int, int]) -> None:
    found = [SETS[name](split, **options) for split in ("train", "validation", "test")]
    assert tuple(map(len, found)) == sizes
    assert [pairs.skipped for pairs in found] == [0, 0, 0]


def test_long_verses_are_in_each_split(data_home: Path) -> None:
    for split, count in (("train", 705), ("validation", 46), ("test", 87)):
        lengths = [len(source.split()) for source in SETS["bible"](split).source]
        assert sum(length >= 51 for length in lengths) == count
        assert max(lengths) <= 90
