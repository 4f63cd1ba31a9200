"""Texts with blanks, as a user writes them: `A <mask> is running`."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from saccade.data.masking import MASK
from saccade.data.tokenizers import SPACE, Encoding, Span, Tokenizer
from saccade.errors import DataError

_BLANK: Final = re.compile(r"<mask>|\[MASK\]")
# A mark by itself, so that every tokenizer cuts it off from what stands beside it; no text has much use for it.
_HOLE: Final = "\N{OBJECT REPLACEMENT CHARACTER}"


class Blanked(NamedTuple):
    """A text with blanks as a network reads it.

    Attributes:
        text: As it was written.
        encoding: Its pieces; a blank is one, with the number of the mask.
        places: Of the blanks among the pieces.
        begins: Whether each blank begins a word: a space is before it, or nothing.
    """

    text: str
    encoding: Encoding
    places: list[int]
    begins: list[bool]

    def filled(self, words: Sequence[str]) -> tuple[str, list[Span]]:
        """The text with its blanks filled, and where each piece stands in it.

        Example:
            >>> tokenizer = Tokenizer.train(["a cat sat"], kind="word")
            >>> blanked(["a  [MASK] sat"], tokenizer)[0].filled(["dog"])
            ('a  dog sat', [(0, 1), (3, 6), (7, 10), (10, 10)])
        """
        parts, spans, after, moved = [], [], 0, 0
        blanks = dict(zip(self.places, words, strict=True))
        for place, (start, end) in enumerate(self.encoding.spans):
            if place in blanks:
                word = blanks[place]
                parts += [self.text[after:start], word]
                spans.append((start + moved, start + moved + len(word)))
                after, moved = end, moved + len(word) - (end - start)
            else:
                spans.append((start + moved, end + moved))
        return "".join([*parts, self.text[after:]]), spans


def blanked(texts: Sequence[str], tokenizer: Tokenizer) -> list[Blanked]:
    """Read texts with blanks, each written `<mask>`, or `[MASK]`; a text may have several, or none.

    Args:
        texts: The texts.
        tokenizer: Of the network; the mask's number is one above those that it gives.

    Raises:
        DataError: A blank is written onto a word that the tokenizer does not cut.

    Example:
        >>> tokenizer = Tokenizer.train(["a cat sat"], kind="word")
        >>> blanked(["a <mask> sat"], tokenizer)[0].encoding
        Encoding(ids=[4, 7, 6, 2], pieces=['▁a', '<mask>', '▁sat', '<end>'], spans=[(0, 1), (2, 8), (9, 12), (12, 12)])
    """
    encodings = tokenizer.encode_batch([_BLANK.sub(_HOLE, text) for text in texts])
    return [_blanked(text, encoding, tokenizer) for text, encoding in zip(texts, encodings, strict=True)]


def _blanked(text: str, encoding: Encoding, tokenizer: Tokenizer) -> Blanked:
    blanks = [found.span() for found in _BLANK.finditer(text)]
    holes = list(_holes(blanks))
    written = dict(zip(holes, blanks, strict=True))
    ids, pieces, spans, places = [], [], [], []
    for identity, piece, span in zip(encoding.ids, encoding.pieces, encoding.spans, strict=True):
        if span in written and piece != SPACE:  # which may stand for the text's beginning, before a blank there
            if pieces and pieces[-1] == SPACE:
                del ids[-1], pieces[-1], spans[-1]  # the space before the blank, which has no word to go with
            places.append(len(ids))
            ids.append(tokenizer.vocabulary_size)
            pieces.append(MASK)
            spans.append(written[span])
        else:
            ids.append(identity)
            pieces.append(piece)
            spans.append((_in_text(span[0], holes, blanks), _in_text(span[1], holes, blanks)))
    if len(places) < len(blanks):
        raise DataError(
            f"{text!r:.80}: a blank is written onto a word, which this tokenizer never cuts. "
            f"Put a space on either side of each {MASK}."
        )
    return Blanked(text, Encoding(ids, pieces, spans), places, [_begins(text, start) for start, _ in blanks])


def _holes(blanks: Sequence[Span]) -> Iterator[Span]:
    """Where each blank stands in the text whose blanks are single characters."""
    shorter = 0
    for start, end in blanks:
        yield start - shorter, start - shorter + len(_HOLE)
        shorter += end - start - len(_HOLE)


def _in_text(place: int, holes: Sequence[Span], blanks: Sequence[Span]) -> int:
    """A place of the text with holes, in the text as it was written."""
    before = [blank for hole, blank in zip(holes, blanks, strict=True) if hole[1] <= place]
    return place + sum(end - start - len(_HOLE) for start, end in before)


def _begins(text: str, start: int) -> bool:
    before = text[:start]
    return not before.strip() or before[-1].isspace()
