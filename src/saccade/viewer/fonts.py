"""Which of the machine's fonts can write a text, and what to say where none can."""

import contextlib
import functools
import unicodedata
from collections.abc import Iterable, Sequence, Set
from typing import Any, NamedTuple

_FIRST = "DejaVu Sans"  # comes with matplotlib
# Fonts that have a glyph for everything, and draw it as a box; or whose glyphs are coloured pictures.
_NO_HELP = ("Last Resort", "Emoji", "Color", "Keycaps")
_HAN = "fonts-noto-cjk"
_PACKAGES = {"Han": _HAN, "Hiragana": _HAN, "Katakana": _HAN, "Hangul": _HAN, "Bopomofo": _HAN}
_OTHER_PACKAGE = "fonts-noto-core"


class Fonts(NamedTuple):
    """Families to try one after the other, and the characters that none of them has."""

    families: list[str]
    missing: frozenset[str]


def fonts_for(texts: Iterable[str]) -> Fonts:
    """Find the fewest families that have a glyph for every character of the texts.

    Example:
        >>> fonts_for(["I love"])
        Fonts(families=['DejaVu Sans'], missing=frozenset())
    """
    needed = {character for text in texts for character in text if _has_shape(character)}
    families, missing = [_FIRST], needed - _written_by(_FIRST, needed)
    if missing:
        _add_new_fonts()
    region = _region(needed)
    while missing:
        helps = {family: len(_written_by(family, missing)) for family in _faces()}
        best = max(helps, key=lambda family: (helps[family], *_plainness(family, region)))
        if not helps[best]:
            break
        families.append(best)
        missing -= _written_by(best, missing)
    return Fonts(families, frozenset(missing))


def missing_messages(texts: Sequence[str], missing: frozenset[str]) -> list[str]:
    """One line for each script that no font can write, with the characters and a package that has them.

    Example:
        >>> missing_messages(["我爱", "中国"], frozenset("我爱中国"))
        ['No font for Han (我爱中国): install one, such as the package fonts-noto-cjk. Until then ...']
    """
    seen = list(dict.fromkeys(character for text in texts for character in text if character in missing))
    scripts: dict[str, list[str]] = {}
    for character in seen:
        scripts.setdefault(script(character), []).append(character)
    return [
        f"No font for {name} ({_some(characters)}): install one, such as the package "
        f"{_PACKAGES.get(name, _OTHER_PACKAGE)}. Until then these labels are drawn as code points, or as #number."
        for name, characters in scripts.items()
    ]


def replaced(label: str, number: int, missing: frozenset[str]) -> str:
    """The label, or what is drawn in its place: code points of up to two characters, else its place in the line.

    Example:
        >>> [replaced(label, place, frozenset("我中国人")) for place, label in enumerate(["我", "I", "中国人"], 1)]
        ['U+6211', 'I', '#3']
    """
    if not missing & set(label):
        return label
    return " ".join(f"U+{ord(character):04X}" for character in label) if len(label) <= 2 else f"#{number}"


def script(character: str) -> str:
    """Name of the script of a character, as far as its Unicode name tells.

    Example:
        >>> script("我"), script("ก"), script("अ")
        ('Han', 'Thai', 'Devanagari')
    """
    name = unicodedata.name(character, "")
    if not name:
        return f"U+{ord(character):04X}"
    if name.startswith(("CJK", "IDEOGRAPHIC", "FULLWIDTH")):
        return "Han"
    return "symbols" if unicodedata.category(character).startswith("S") else name.split(" ")[0].title()


def _some(characters: list[str]) -> str:
    return "".join(characters[:12]) + ("…" if len(characters) > 12 else "")


def _has_shape(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind[0] not in "CZ" or kind == "Co"


def _region(characters: set[str]) -> str:
    """Han is drawn as the neighbours of its characters are: with kana the Japanese way, with Hangul the Korean."""
    scripts = {script(character) for character in characters}
    if scripts & {"Hiragana", "Katakana"}:
        return "JP"
    return "KR" if "Hangul" in scripts else "SC"


def _plainness(family: str, region: str) -> tuple[bool, bool, bool, bool, str]:
    """Among families that help as much, the plain one: sans serif, not monospaced, of this region, Noto, by name."""
    return "Serif" not in family, "Mono" not in family, family.endswith(region), family.startswith("Noto"), family


def _faces() -> dict[str, str]:
    """The file of each family's plainest face."""
    from matplotlib import font_manager

    faces = sorted(font_manager.fontManager.ttflist, key=_boldness, reverse=True)
    return {font.name: font.fname for font in faces if not any(word in font.name for word in _NO_HELP)}


def _boldness(font: Any) -> tuple[bool, int]:
    weight = font.weight if isinstance(font.weight, int) else 400
    return font.style != "normal", abs(weight - 400)


def _written_by(family: str, characters: Set[str]) -> set[str]:
    """Those of the characters that the family has; none where its file cannot be read."""
    from matplotlib import font_manager

    try:
        face = font_manager.get_font(_faces()[family])
    except (KeyError, RuntimeError, OSError):
        return set()
    return {character for character in characters if face.get_char_index(ord(character))}


@functools.cache
def _add_new_fonts() -> None:
    """Tell matplotlib of fonts that were installed after it listed the machine's, once in a process."""
    from matplotlib import font_manager

    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):
        # A font that cannot be read helps nobody, but harms nobody either.
        with contextlib.suppress(RuntimeError, OSError, ValueError):
            font_manager.fontManager.addfont(path)
