"""A script has a font that can write it, or is named."""

import shutil
from pathlib import Path

import pytest

from saccade.viewer import fonts
from saccade.viewer.fonts import fonts_for, missing_messages, replaced, script

NOWHERE = "\U00013000"  # an Egyptian hieroglyph


@pytest.fixture
def only_matplotlibs_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no font but the one that comes with matplotlib."""
    own = fonts._faces()["DejaVu Sans"]
    monkeypatch.setattr(fonts, "_faces", lambda: {"DejaVu Sans": own})


@pytest.mark.usefixtures("only_matplotlibs_own")
def test_a_script_without_a_font_is_named() -> None:
    families, missing = fonts_for(["我爱", "China", "ไทย", "نعم"])
    assert families == ["DejaVu Sans"]
    assert missing == frozenset("我爱ไทย")
    han, thai = missing_messages(["我爱", "China", "ไทย"], missing)
    assert han.startswith("No font for Han (我爱): install one, such as the package fonts-noto-cjk.")
    assert thai.startswith("No font for Thai (ไทย): install one, such as the package fonts-noto-core.")


def test_a_font_that_draws_only_boxes_is_no_font() -> None:
    # matplotlib carries one that has a glyph for everything.
    assert not any("Last Resort" in family for family in fonts._faces())


def test_the_machines_fonts_are_found() -> None:
    if not any("CJK" in family for family in fonts._faces()):
        pytest.skip("no CJK font on this machine (fonts-noto-cjk): this test looks for one")
    families, missing = fonts_for(["我爱中国"])
    assert not missing
    assert families[0] == "DejaVu Sans"
    assert fonts._written_by(families[1], set("我爱中国")) == set("我爱中国")
    assert len(families) == 2


def test_fonts_installed_since_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import font_manager

    new, broken = tmp_path / "new.ttf", tmp_path / "broken.ttf"
    shutil.copy(fonts._faces()["DejaVu Sans"], new)
    broken.write_bytes(b"no font")
    manager = font_manager.fontManager
    monkeypatch.setattr(manager, "ttflist", list(manager.ttflist))
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [str(new), str(broken)])
    fonts._add_new_fonts.__wrapped__()
    assert str(new) in {font.fname for font in manager.ttflist}
    assert str(broken) not in {font.fname for font in manager.ttflist}


def test_what_has_no_shape_needs_no_glyph() -> None:
    assert not fonts_for(["a\n\t\u200d\u2028 b"]).missing


def test_long_lists_are_cut() -> None:
    letters = "".join(chr(0x4E00 + step) for step in range(29))
    (message,) = missing_messages([letters], frozenset(letters))
    assert f"({letters[:12]}…)" in message


def test_stand_ins() -> None:
    missing = frozenset("我爱中")
    assert replaced("我爱", 3, missing) == "U+6211 U+7231"
    assert replaced("我爱中", 3, missing) == "#3"
    assert replaced("China", 3, missing) == "China"


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("我", "Han"),
        ("か", "Hiragana"),
        ("한", "Hangul"),
        ("ب", "Arabic"),
        ("😀", "symbols"),
        (NOWHERE, "Egyptian"),
        ("\ue000", "U+E000"),
    ],
)
def test_scripts_have_names(character: str, name: str) -> None:
    assert script(character) == name
