"""Tokenizers: text to numbered pieces and back, each piece knowing where it stands in the raw text."""

import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, cast, final

import tokenizers as library

from saccade.data.pieces import (
    BEGIN,
    END,
    NO_LIMIT,
    PAD,
    SPACE,
    SPECIALS,
    SUBWORD_VOCABULARY,
    UNKNOWN,
    UNREADABLE,
    Options,
    learnt,
)
from saccade.errors import MissingError, RunError
from saccade.storage import written_aside

FORMAT: Final = "saccade.tokenizer"
VERSION: Final = 1

Span = tuple[int, int]

_HALF = re.compile(r"[\ud800-\udfff]")


class Encoding(NamedTuple):
    """One text as the model reads it; the last piece is the end."""

    ids: list[int]
    pieces: list[str]
    """Each piece as the vocabulary has it; one that is unknown as the text has it."""
    spans: list[Span]
    """(start, end) of each piece, in characters of the raw text, without the space before it."""


@final
class Tokenizer:
    """Cut a text into pieces, number them, and put numbers together to a text again.

    A piece that begins with "▁" follows a space (or begins the text). `decode` gives back what was encoded, but for
    normalisation: Unicode's, lower case where asked for, runs of white space as one space, none at either end, and (for
    all kinds but `char`) a "▁" in the text itself, which is read as a space.

    Example:
        >>> tokenizer = Tokenizer.train(["a cat sat", "a cat"], kind="word")
        >>> tokenizer.encode("a  cat")
        Encoding(ids=[4, 5, 2], pieces=['▁a', '▁cat', '<end>'], spans=[(0, 1), (3, 6), (6, 6)])
        >>> tokenizer.decode([4, 5, 2])
        'a cat'

    Differs:
        Text that looks like a special piece ("<end>") is plain text, so no input can end a sentence or hide itself as
        padding. Spans leave out the space that a piece's "▁" stands for, and include combining marks. Training is the
        library's: `unigram` counts over threads, so that its scores differ by a little from one training to the next,
        and with them, rarely, a piece; the others learn the same from the same texts.
    """

    def __init__(self, backend: library.Tokenizer, options: dict[str, Any]) -> None:
        # Without it the library warns at the first fork after a batch was encoded.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
        backend.encode_special_tokens = True
        self._backend = backend
        self._pieces = [cast(str, backend.id_to_token(i)) for i in range(backend.get_vocab_size())]
        self.options = options

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        kind: str = "bpe",
        *,
        vocabulary_size: int | None = None,
        lowercase: bool = False,
        normalisation: str = "NFC",
        punctuation: str = "separate",
        min_count: int = 1,
    ) -> "Tokenizer":
        """Learn the pieces from texts, which are read once and not kept.

        Args:
            texts: The texts, raw; an iterator will do.
            kind: `char` (every character a piece), `word`, `bpe` or `unigram` (parts of words).
            vocabulary_size: The most pieces, the four special ones included. Without it `bpe` and `unigram` learn
                8,000, `char` and `word` keep all they see.
            lowercase: Read everything in lower case.
            normalisation: Unicode's form. NFD takes characters apart: 한 into ᄒ, ᅡ and ᆫ, é into e and its accent;
                texts are put together again when they are decoded. NFKC and NFKD also make ｆｕｌｌ, ﬁ and ² plain.
            punctuation: `separate`: marks and symbols are pieces of their own; `attached`: only spaces separate, as
                for phones ("t͡ʃ ə n ˈa").
            min_count: Pieces seen more rarely are unknown (`bpe`: pairs seen more rarely are not joined).

        Raises:
            OptionError: An option that is not allowed.
            DataError: No text, or nothing but white space.
        """
        default = SUBWORD_VOCABULARY if kind in ("bpe", "unigram") else NO_LIMIT
        size = default if vocabulary_size is None else vocabulary_size
        options = Options(kind, size, lowercase, normalisation, punctuation, min_count)
        backend = learnt(texts, options)
        # A vocabulary without a limit has no size worth keeping.
        return cls(backend, options._asdict() | {"vocabulary_size": vocabulary_size})

    @property
    def vocabulary_size(self) -> int:
        """The number of pieces, the four special ones included."""
        return len(self._pieces)

    @property
    def kind(self) -> str:
        """char, word, bpe or unigram."""
        return self.options["kind"]

    def piece(self, identity: int, copied: Sequence[str] = ()) -> str:
        """The piece with this number; from the size of the vocabulary on, one that was copied: see `decode`."""
        known = len(self._pieces)
        return self._pieces[identity] if identity < known else copied[identity - known]

    def encode(self, text: str) -> Encoding:
        """Cut one text into numbered pieces; the last one is the end, with an empty span."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Iterable[str]) -> list[Encoding]:
        """`encode` for many texts, over all cores."""
        texts = list(texts)
        return [_encoding(*both) for both in zip(texts, _with(self._backend.encode_batch, texts), strict=True)]

    def ids(self, texts: Iterable[str]) -> list[list[int]]:
        """Only the numbers of many texts, each with its end: the fastest way."""
        return [[*encoded.ids, END] for encoded in _with(self._backend.encode_batch_fast, list(texts))]

    def decode(self, ids: Iterable[int], copied: Sequence[str] = ()) -> str:
        """Put pieces together to a text, up to the first end; padding and begin are left out, unknown is "�".

        Args:
            ids: The numbers of the pieces.
            copied: The pieces of the source, for numbers from the size of the vocabulary on: the first is of its first
                piece.
        """
        joined = "".join(self._shown(ids, copied))
        return self._composed(joined if self.kind == "char" else joined.replace(SPACE, " ").removeprefix(" "))

    def _shown(self, ids: Iterable[int], copied: Sequence[str]) -> Iterator[str]:
        for identity in ids:
            if identity == END:
                return
            if identity == UNKNOWN:
                # Of words the space before was not seen either, and most have one.
                yield SPACE + UNREADABLE if self.kind == "word" else UNREADABLE
            elif identity not in (PAD, BEGIN):
                yield self.piece(identity, copied)

    def normalised(self, text: str) -> str:
        """What `decode(encode(text).ids)` gives where no piece is unknown."""
        return self._composed(cast(Any, self._backend.normalizer).normalize_str(text))

    def _composed(self, text: str) -> str:
        """What was taken apart is put together, as people write it."""
        return unicodedata.normalize("NFC", text) if self.options["normalisation"].endswith("D") else text

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON's own types."""
        return {"options": self.options, "tokenizer": json.loads(self._backend.to_str())}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> "Tokenizer":
        """The tokenizer that `to_json` wrote down."""
        return cls(library.Tokenizer.from_str(json.dumps(saved["tokenizer"])), dict(saved["options"]))

    def save(self, path: str | Path) -> None:
        """Write it to a file, as JSON; a file of that name is replaced at the very end."""
        _write(Path(path), {"source": self.to_json(), "target": None})

    @classmethod
    def load(cls, path: str | Path) -> "Tokenizer":
        """Read what `save` wrote.

        Raises:
            MissingError: No such file.
            RunError: A file that is damaged, or from a newer version.
        """
        return _read(Path(path)).source


@final
class TokenizerPair:
    """The tokenizers of both sides, which may be one and the same.

    Example:
        >>> one = Tokenizer.train(["a cat"], kind="char")
        >>> TokenizerPair(one, one).shared
        True
    """

    def __init__(self, source: Tokenizer, target: Tokenizer) -> None:
        self.source = source
        self.target = target

    @property
    def shared(self) -> bool:
        """Whether both sides have the same pieces by the same numbers."""
        return self.source is self.target

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON's own types; a target that is the source is None."""
        return {"source": self.source.to_json(), "target": None if self.shared else self.target.to_json()}

    def save(self, path: str | Path) -> None:
        """Write both to one file, as JSON; a file of that name is replaced at the very end."""
        _write(Path(path), self.to_json())

    @classmethod
    def load(cls, path: str | Path) -> "TokenizerPair":
        """Read what `save` wrote.

        Raises:
            MissingError: No such file.
            RunError: A file that is damaged, or from a newer version.
        """
        return _read(Path(path))


def _with(encode: Callable[[list[str]], list[library.Encoding]], texts: list[str]) -> list[library.Encoding]:
    try:
        return encode(texts)
    except TypeError:
        # The library takes no half characters, which bad bytes on a command line become: they are unknown, like others.
        return encode([_HALF.sub(UNREADABLE, text) for text in texts])


def _encoding(text: str, encoded: library.Encoding) -> Encoding:
    offsets, pieces = encoded.offsets, encoded.tokens
    spans = _spans(text, offsets)
    for place, identity in enumerate(encoded.ids):
        if identity == UNKNOWN:
            start, end = spans[place]
            pieces[place] = (SPACE if offsets[place][0] < start else "") + text[start:end]
    return Encoding([*encoded.ids, END], [*pieces, SPECIALS[END]], [*spans, (len(text), len(text))])


def _spans(text: str, offsets: list[Span]) -> list[Span]:
    """Where each piece stands in the text, as a reader would say it; one loop, since texts may be long."""
    spans: list[Span] = []
    for place, (start, end) in enumerate(offsets):
        # Leave out the space that "▁" stands for, unless the piece is nothing but that space.
        while start < end - 1 and text[start].isspace():
            start += 1
        # Take in what normalisation dropped after the piece: the mark of a letter that was joined with it.
        following = offsets[place + 1][0] if place + 1 < len(offsets) else len(text)
        while end < following and not text[end].isspace():
            end += 1
        spans.append((start, end))
    return spans


def _write(path: Path, saved: dict[str, Any]) -> None:
    with written_aside(path) as aside:
        aside.write_text(
            json.dumps({"format": FORMAT, "version": VERSION, **saved}, ensure_ascii=False),
            encoding="utf-8",
        )


def _read(path: Path) -> TokenizerPair:
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        kind, version = saved["format"], saved["version"]
        if kind == FORMAT and version <= VERSION:
            source = Tokenizer.from_json(saved["source"])
            return TokenizerPair(source, source if saved["target"] is None else Tokenizer.from_json(saved["target"]))
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file. Give the tokenizer.json of a run.") from error
    except Exception as error:  # the library's own errors have no other class
        raise RunError(f"{path} is not a tokenizer that Saccade saved, or is damaged ({error!r}).") from error
    raise RunError(
        f"{path} is `{kind}` of version {version}; this Saccade reads `{FORMAT}` up to version {VERSION}. "
        "Install a newer Saccade, or give the run's own tokenizer.json."
    )
