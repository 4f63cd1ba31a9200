"""Tokenizers: text to pieces and back, each piece knowing where it stands in the raw text."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, Self, cast, final

import tokenizers as library
from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from saccade.data.written import written_aside
from saccade.errors import DataError, MissingError, OptionError, RunError, did_you_mean

PAD: Final = 0
BEGIN: Final = 1
END: Final = 2
UNKNOWN: Final = 3
SPECIALS: Final = ("<pad>", "<begin>", "<end>", "<unknown>")
SPACE: Final = "▁"
"""Stands for a space in the pieces of all kinds but `char`."""
UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""What an unknown piece is decoded to."""
VERSION: Final = 1

Kind = Literal["char", "word", "bpe", "unigram"]
Span = tuple[int, int]

_CHARACTER = r"(?s)."
_SEPARATE = rf"{SPACE}?(?:[[\p{{P}}\p{{S}}]&&[^{SPACE}]]|[^{SPACE}\p{{P}}\p{{S}}]+)|{SPACE}"
_ATTACHED = rf"{SPACE}?[^{SPACE}]+|{SPACE}"
_PATTERNS = {"separate": _SEPARATE, "attached": _ATTACHED}
_NORMALISATIONS: dict[str, Callable[[], Any]] = {"NFC": normalizers.NFC, "NFKC": normalizers.NFKC}
_NO_LIMIT = 2**31
_SUBWORD_VOCABULARY = 8000
_TEXTS_AT_ONCE = 1000


class Encoding(NamedTuple):
    """One text as the model reads it; the last piece is the end."""

    ids: list[int]
    pieces: list[str]
    spans: list[Span]
    """(start, end) of each piece, in characters of the raw text, without the space before it."""


class _Options(NamedTuple):
    kind: str
    vocabulary_size: int
    lowercase: bool
    normalisation: str
    punctuation: str
    min_count: int


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
        padding. Spans leave out the space that a piece's "▁" stands for, and include combining marks.
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
        kind: Kind = "bpe",
        *,
        vocabulary_size: int | None = None,
        lowercase: bool = False,
        normalisation: Literal["NFC", "NFKC"] = "NFC",
        punctuation: Literal["separate", "attached"] = "separate",
        min_count: int = 1,
    ) -> Self:
        """Learn the pieces from texts, which are read once and not kept.

        Args:
            texts: The texts, raw; an iterator will do.
            kind: `char` (every character a piece), `word`, `bpe` or `unigram` (parts of words).
            vocabulary_size: The most pieces, the four special ones included. Without it `bpe` and `unigram` learn
                8,000, `char` and `word` keep all they see.
            lowercase: Read everything in lower case.
            normalisation: Unicode's form; NFKC also makes ｆｕｌｌ width, ﬁ and ² plain.
            punctuation: `separate`: marks and symbols are pieces of their own; `attached`: only spaces separate, as
                for phones ("t͡ʃ ə n ˈa").
            min_count: Pieces seen more rarely are unknown (`bpe`: pairs seen more rarely are not joined).

        Raises:
            OptionError: An option that is not allowed.
            DataError: No text, or nothing but white space.
        """
        size = vocabulary_size or (_SUBWORD_VOCABULARY if kind in ("bpe", "unigram") else _NO_LIMIT)
        options = _Options(kind, size, lowercase, normalisation, punctuation, min_count)
        _check(options)
        model, trainer = KINDS[kind](options)
        backend = library.Tokenizer(model)
        backend.normalizer = _normalizer(options)
        backend.pre_tokenizer = _pre_tokenizer(options)
        _train(backend, trainer, texts, options)
        # A vocabulary without a limit has no size worth keeping.
        return cls(backend, options._asdict() | {"vocabulary_size": vocabulary_size})

    @property
    def vocabulary_size(self) -> int:
        """The number of pieces, the four special ones included."""
        return len(self._pieces)

    @property
    def kind(self) -> Kind:
        """char, word, bpe or unigram."""
        return self.options["kind"]

    def piece(self, identity: int) -> str:
        """The piece with this number."""
        return self._pieces[identity]

    def encode(self, text: str) -> Encoding:
        """Cut one text into numbered pieces; the last one is the end, with an empty span."""
        return _encoding(text, self._backend.encode(text))

    def encode_batch(self, texts: Iterable[str]) -> list[Encoding]:
        """`encode` for many texts, over all cores."""
        texts = list(texts)
        return [_encoding(*both) for both in zip(texts, self._backend.encode_batch(texts), strict=True)]

    def ids(self, texts: Iterable[str]) -> list[list[int]]:
        """Only the numbers of many texts, each with its end: the fastest way."""
        return [[*encoded.ids, END] for encoded in self._backend.encode_batch_fast(list(texts))]

    def decode(self, ids: Iterable[int]) -> str:
        """Put pieces together to a text, up to the first end; padding and begin are left out, unknown is "�"."""
        joined = "".join(self._shown(ids))
        return joined if self.kind == "char" else joined.replace(SPACE, " ").removeprefix(" ")

    def _shown(self, ids: Iterable[int]) -> Iterator[str]:
        for identity in ids:
            if identity == END:
                return
            if identity == UNKNOWN:
                yield UNREADABLE
            elif identity not in (PAD, BEGIN):
                yield self._pieces[identity]

    def normalised(self, text: str) -> str:
        """What `decode(encode(text).ids)` gives where no piece is unknown."""
        return cast(Any, self._backend.normalizer).normalize_str(text)

    def to_json(self) -> dict[str, Any]:
        """Everything, as JSON's own types."""
        return {"options": self.options, "tokenizer": json.loads(self._backend.to_str())}

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """The tokenizer that `to_json` wrote down."""
        return cls(library.Tokenizer.from_str(json.dumps(saved["tokenizer"])), saved["options"])

    def save(self, path: str | Path) -> None:
        """Write it to a file, as JSON; a file of that name is replaced at the very end."""
        _write(Path(path), {"source": self.to_json(), "target": None})

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Raises:
            MissingError: No such file.
            RunError: A file that is damaged, or from a newer version.
        """
        return cls.from_json(_read(Path(path))["source"])


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

    def save(self, path: str | Path) -> None:
        """Write both to one file, as JSON; a file of that name is replaced at the very end."""
        target = None if self.shared else self.target.to_json()
        _write(Path(path), {"source": self.source.to_json(), "target": target})

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote.

        Raises:
            MissingError: No such file.
            RunError: A file that is damaged, or from a newer version.
        """
        saved = _read(Path(path))
        source = Tokenizer.from_json(saved["source"])
        return cls(source, source if saved["target"] is None else Tokenizer.from_json(saved["target"]))


def _char(options: _Options) -> tuple[Any, Any]:
    return _word(options)  # the pre-tokenizer is what differs


def _word(options: _Options) -> tuple[Any, Any]:
    trainer = trainers.WordLevelTrainer(
        vocab_size=options.vocabulary_size,
        min_frequency=options.min_count,
        special_tokens=list(SPECIALS),
        show_progress=False,
    )
    return models.WordLevel(unk_token=SPECIALS[UNKNOWN]), trainer


def _bpe(options: _Options) -> tuple[Any, Any]:
    trainer = trainers.BpeTrainer(
        vocab_size=options.vocabulary_size,
        min_frequency=options.min_count,
        special_tokens=list(SPECIALS),
        limit_alphabet=options.vocabulary_size - len(SPECIALS),
        show_progress=False,
    )
    return models.BPE(unk_token=SPECIALS[UNKNOWN]), trainer


def _unigram(options: _Options) -> tuple[Any, Any]:
    trainer = trainers.UnigramTrainer(
        vocab_size=options.vocabulary_size,
        special_tokens=list(SPECIALS),
        unk_token=SPECIALS[UNKNOWN],
        show_progress=False,
    )
    return models.Unigram(), trainer


KINDS: Final = {"char": _char, "word": _word, "bpe": _bpe, "unigram": _unigram}


def _check(options: _Options) -> None:
    if options.kind not in KINDS:
        raise OptionError(f"`{options.kind}` is not a kind of tokenizer. {did_you_mean(options.kind, KINDS)}")
    if options.normalisation not in _NORMALISATIONS:
        allowed = did_you_mean(options.normalisation, _NORMALISATIONS)
        raise OptionError(f"`normalisation` must be a form of Unicode, but is `{options.normalisation}`. {allowed}")
    if options.punctuation not in _PATTERNS:
        allowed = did_you_mean(options.punctuation, _PATTERNS)
        raise OptionError(f"`punctuation` is `{options.punctuation}`. {allowed}")
    if options.vocabulary_size <= len(SPECIALS):
        raise OptionError(
            f"`vocabulary_size` must be above {len(SPECIALS)}, since four pieces are special, but is "
            f"{options.vocabulary_size}."
        )
    if options.min_count < 1:
        raise OptionError(f"`min_count` must be 1 or more, but is {options.min_count}.")
    if options.kind == "unigram" and options.min_count > 1:
        raise OptionError(
            f"`min_count` is {options.min_count}, but a unigram tokenizer counts no pieces. Leave it out, or take bpe."
        )


def _normalizer(options: _Options) -> Any:
    steps = [_NORMALISATIONS[options.normalisation]()]
    if options.lowercase:
        steps.append(normalizers.Lowercase())
    steps += [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    return normalizers.Sequence(steps)


def _pre_tokenizer(options: _Options) -> Any:
    if options.kind == "char":
        return pre_tokenizers.Split(Regex(_CHARACTER), "isolated")
    spaces = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=False)
    return pre_tokenizers.Sequence([spaces, pre_tokenizers.Split(Regex(_PATTERNS[options.punctuation]), "isolated")])


def _train(backend: library.Tokenizer, trainer: Any, texts: Iterable[str], options: _Options) -> None:
    seen = False

    def chunks() -> Iterator[list[str]]:
        nonlocal seen
        chunk: list[str] = []
        for text in texts:
            chunk.append(text)
            seen = seen or not text.isspace() and text != ""
            if len(chunk) == _TEXTS_AT_ONCE:
                yield chunk
                chunk = []
        yield chunk

    try:
        backend.train_from_iterator(chunks(), trainer=trainer)
    except Exception as error:
        # The library raises a bare Exception where a unigram vocabulary can't hold every character.
        if type(error) is not Exception or not seen:
            raise
        raise OptionError(
            f"`vocabulary_size` is {options.vocabulary_size}, which a {options.kind} tokenizer could not be trained to: "
            f"{error}. Take a larger one, or bpe."
        ) from error
    finally:
        if not seen:
            raise DataError("There is no text to train a tokenizer on. Give at least one line that is not empty.")


def _encoding(text: str, encoded: library.Encoding) -> Encoding:
    spans = [_trimmed(text, span) for span in encoded.offsets]
    for index in range(len(spans)):
        following = spans[index + 1][0] if index + 1 < len(spans) else len(text)
        spans[index] = _with_dropped(text, spans[index], following)
    return Encoding([*encoded.ids, END], [*encoded.tokens, SPECIALS[END]], [*spans, (len(text), len(text))])


def _trimmed(text: str, span: Span) -> Span:
    """Leave out the space that "▁" stands for, unless the piece is nothing but that space."""
    start, end = span
    while start < end - 1 and text[start].isspace():
        start += 1
    return start, end


def _with_dropped(text: str, span: Span, following: int) -> Span:
    """Take in what normalisation dropped after the piece: the mark of a letter that was joined with it."""
    start, end = span
    while end < following and not text[end].isspace():
        end += 1
    return start, end


def _write(path: Path, saved: dict[str, Any]) -> None:
    with written_aside(path) as aside:
        aside.write_text(
            json.dumps({"format": "saccade.tokenizer", "version": VERSION, **saved}, ensure_ascii=False),
            encoding="utf-8",
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        kind, version = saved["format"], saved["version"]
    except FileNotFoundError as error:
        raise MissingError(f"{path}: there is no such file. Give the tokenizer.json of a run.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{path} is not a tokenizer that Saccade saved, or is damaged ({error}).") from error
    if kind != "saccade.tokenizer" or version > VERSION:
        raise RunError(
            f"{path} is a `{kind}` of version {version}; this Saccade reads `saccade.tokenizer` up to version {VERSION}. "
            "Install a newer Saccade."
        )
    return saved
