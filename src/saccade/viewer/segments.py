"""Texts cut into what can be shown: tokens at their places, and what stands between them."""

import itertools
import unicodedata
from typing import Literal, NamedTuple

from saccade.maps import Axis, Span

# Letters of these scripts stand apart; those of others join hands, and a gap between two would break them.
_STANDING_ALONE = (
    "LATIN",
    "GREEK",
    "CYRILLIC",
    "ARMENIAN",
    "GEORGIAN",
    "HEBREW",
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "KATAKANA-HIRAGANA",
    "HANGUL",
    "BOPOMOFO",
)
BLANK = "␣"
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


class Segment(NamedTuple):
    """A stretch of text: of token number `token`, or of none.

    `written` is False for a token that has no character of its own, such as the end; `apart` says whether a gap
    may be put around the token without tearing letters from each other.
    """

    text: str
    token: int | None = None
    written: bool = True
    apart: bool = True


def direction(text: str) -> Literal["ltr", "rtl"]:
    """Which way a text runs, by its first letter that has a direction.

    Example:
        >>> direction("1987 سنة"), direction("我爱中国")
        ('rtl', 'ltr')
    """
    strong = (unicodedata.bidirectional(character) for character in text)
    return "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "ltr"


def labels(text: str, axis: Axis) -> list[str]:
    """What each item is called: its own stretch of the text where that is known, else its label.

    Example:
        >>> labels("a cat", Axis("source", ("▁a", "▁", "cat", "<end>"), ((0, 1), (1, 2), (2, 5), (5, 5))))
        ['a', '␣', 'cat', '<end>']
    """
    stretches = [""] * len(axis.labels) if axis.spans is None else [text[start:end] for start, end in axis.spans]
    return [
        visible(stretch or label.replace("▁", " ")).strip() or BLANK
        for stretch, label in zip(stretches, axis.labels, strict=True)
    ]


def visible(text: str) -> str:
    """The text with a dot for each character that commands instead of being seen, and every blank a plain one.

    Example:
        >>> visible("a\\x1b[31m")
        'a·[31m'
    """
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if character in _JOINERS or kind == "Co":
        return character
    return " " if kind[0] == "Z" or character in "\t\n\r" else "·" if kind[0] == "C" else character


def segments(text: str, axis: Axis) -> list[Segment]:
    """Cut a text into its tokens and what stands between them; put together again they are the text.

    Where the spans are not known, or cross each other, the labels are set one after the other.

    Example:
        >>> [(part.text, part.token) for part in segments("a  cat", Axis("source", ("a", "cat"), ((0, 1), (3, 6))))]
        [('a', 0), ('  ', None), ('cat', 1)]
    """
    if axis.spans is None or not _in_order(axis, len(text)):
        apart = [Segment(label, index) for index, label in enumerate(labels(text, axis))]
        return [part for word in apart for part in (word, Segment(" "))][:-1]
    parts: list[Segment] = []
    done = 0
    for index, span in enumerate(axis.spans):
        start, end = _without_blanks(text, span)
        if start > done:
            parts.append(Segment(text[done:start]))
        if start < end:
            apart = _may_part(text, start) and _may_part(text, end)
            parts.append(Segment(text[start:end], index, apart=apart))
        else:
            parts.append(Segment(axis.labels[index].strip("▁ ") or BLANK, index, written=False))
        done = max(done, end)
    return [*parts, Segment(text[done:])] if done < len(text) else parts


def _in_order(axis: Axis, length: int) -> bool:
    spans = axis.spans or ()
    inside = all(0 <= start <= end <= length for start, end in spans)
    return inside and all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def _without_blanks(text: str, span: Span) -> Span:
    """A word without the blanks at its sides; what is nothing but blanks stays as it is."""
    start, end = span
    inside = text[start:end]
    if not inside.strip():
        return span
    return end - len(inside.lstrip()), start + len(inside.rstrip())


def _may_part(text: str, place: int) -> bool:
    """Whether a gap may be put before the character at `place`."""
    if not 0 < place < len(text):
        return True
    before = next((character for character in reversed(text[:place]) if not _is_mark(character)), " ")
    return not _is_mark(text[place]) and (_stands_alone(before) or _stands_alone(text[place]))


def _stands_alone(character: str) -> bool:
    name = unicodedata.name(character, "")
    return unicodedata.category(character)[0] in "PSZN" or name.split(" ")[0] in _STANDING_ALONE


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in _JOINERS
