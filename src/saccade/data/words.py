"""From pieces to words, and to the text that a reader is shown."""

import unicodedata
from collections.abc import Sequence

from saccade.data.pieces import END, SPACE, SPECIALS
from saccade.data.tokenizers import Encoding, Span

_JOINER = "\N{ZERO WIDTH JOINER}"
_WORDLESS = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO")


def word_groups(encoding: Encoding) -> list[list[int]]:
    """Which pieces make one word, by their place; every piece is in one group, the end in a group of its own.

    A word begins after a space, so that a space belongs to the word after it. Marks and symbols are words of their own,
    and so is each piece of Chinese or Japanese, which have no spaces. Combining marks stay with their letter, and what
    makes one emoji together.

    Example:
        >>> from saccade.data.tokenizers import Tokenizer
        >>> tokenizer = Tokenizer.train(["a cat!", "我爱"], kind="char")
        >>> word_groups(tokenizer.encode("a cat! 我爱"))
        [[0], [1, 2, 3, 4], [5], [6, 7], [8], [9]]
    """
    groups: list[list[int]] = []
    before = ""
    for place, (identity, piece) in enumerate(zip(encoding.ids, encoding.pieces, strict=True)):
        if not groups or identity == END or _begins(before, piece):
            groups.append([place])
        else:
            groups[-1].append(place)
        before = piece
    return groups


def labels(text: str, encoding: Encoding, groups: Sequence[Sequence[int]] | None = None) -> list[str]:
    """What each piece (or group of pieces) covers of the raw text, as it is written there; the end is "<end>".

    Args:
        text: The raw text.
        encoding: Its pieces.
        groups: As from `word_groups`; without it, each piece.
    """
    groups = [[place] for place in range(len(encoding.ids))] if groups is None else groups
    return [_label(text, encoding, group) for group in groups]


def covered(encoding: Encoding, groups: Sequence[Sequence[int]]) -> list[Span]:
    """The span of each group of pieces in the raw text."""
    return [(encoding.spans[group[0]][0], encoding.spans[group[-1]][1]) for group in groups]


def _label(text: str, encoding: Encoding, group: Sequence[int]) -> str:
    if encoding.ids[group[0]] == END:
        return SPECIALS[END]
    start, end = covered(encoding, [group])[0]
    return text[start:end].strip() or text[start:end]


def _begins(before: str, piece: str) -> bool:
    """Whether a word begins with this piece, after that one."""
    first = piece[0]
    if first == SPACE or first.isspace():
        return True
    if before.replace(SPACE, " ").isspace():
        return False
    if _continues(first) or before.endswith(_JOINER):
        return False
    last = next((character for character in reversed(before) if not _continues(character)), "")
    return _stands_alone(first) or _stands_alone(last)


def _continues(character: str) -> bool:
    """Whether it is written onto the character before it."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf") or "\U0001f3fb" <= character <= "\U0001f3ff"


def _stands_alone(character: str) -> bool:
    """Whether it is a word by itself: a mark, a symbol, a character of a script without spaces."""
    if not character:
        return False
    name = unicodedata.name(character, "")
    return unicodedata.category(character)[0] in "PS" or name.startswith(_WORDLESS)
