"""What pieces a tokenizer cuts a text into, and how it learns them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, NamedTuple

import tokenizers as library
from tokenizers import Regex, models, normalizers, pre_tokenizers, trainers

from saccade.errors import DataError, OptionError, did_you_mean

PAD: Final = 0
BEGIN: Final = 1
END: Final = 2
UNKNOWN: Final = 3
SPECIALS: Final = ("<pad>", "<begin>", "<end>", "<unknown>")
SPACE: Final = "▁"
"""Stands for a space in the pieces of all kinds but `char`."""
UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""What an unknown piece is decoded to."""

_CHARACTER = "."  # white space is plain spaces by then
_SEPARATE = rf"{SPACE}?(?:[[\p{{P}}\p{{S}}]&&[^{SPACE}]]|[^{SPACE}\p{{P}}\p{{S}}]+)|{SPACE}"
_ATTACHED = rf"{SPACE}?[^{SPACE}]+|{SPACE}"
# Words as a reader sees them: a number is one, also in 7th and 1987年, and so is each Chinese or Japanese character.
_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}"
_WORDS = rf"{SPACE}?(?:[[\p{{P}}\p{{S}}]&&[^{SPACE}]]|\p{{N}}+|[{_CJK}]|[^{SPACE}\p{{P}}\p{{S}}\p{{N}}{_CJK}]+)|{SPACE}"
_PATTERNS = {"separate": _SEPARATE, "attached": _ATTACHED}
_NORMALISATIONS: dict[str, Callable[[], Any]] = {
    "NFC": normalizers.NFC,
    "NFD": normalizers.NFD,
    "NFKC": normalizers.NFKC,
    "NFKD": normalizers.NFKD,
}
NO_LIMIT = 2**31
SUBWORD_VOCABULARY = 8000
_TEXTS_AT_ONCE = 1000


class Options(NamedTuple):
    """What was asked for, see `Tokenizer.train`."""

    kind: str
    vocabulary_size: int
    lowercase: bool
    normalisation: str
    punctuation: str
    min_count: int


def learnt(texts: Iterable[str], options: Options) -> library.Tokenizer:
    """Learn pieces from texts, which are read once and not kept.

    Raises:
        OptionError: An option that is not allowed.
        DataError: No text, or nothing but white space.
    """
    _check(options)
    model, trainer = KINDS[options.kind](options)
    backend = library.Tokenizer(model)
    backend.normalizer = _normalizer(options)
    backend.pre_tokenizer = _pre_tokenizer(options)
    _train(backend, trainer, texts, options)
    return backend


def _char(options: Options) -> tuple[Any, Any]:
    return _word(options)  # the pre-tokenizer is what differs


def _word(options: Options) -> tuple[Any, Any]:
    trainer = trainers.WordLevelTrainer(
        vocab_size=options.vocabulary_size,
        min_frequency=options.min_count,
        special_tokens=list(SPECIALS),
        show_progress=False,
    )
    return models.WordLevel(unk_token=SPECIALS[UNKNOWN]), trainer


def _bpe(options: Options) -> tuple[Any, Any]:
    trainer = trainers.BpeTrainer(
        vocab_size=options.vocabulary_size,
        min_frequency=options.min_count,
        special_tokens=list(SPECIALS),
        limit_alphabet=options.vocabulary_size - len(SPECIALS),
        show_progress=False,
    )
    return models.BPE(unk_token=SPECIALS[UNKNOWN]), trainer


def _unigram(options: Options) -> tuple[Any, Any]:
    trainer = trainers.UnigramTrainer(
        vocab_size=options.vocabulary_size,
        special_tokens=list(SPECIALS),
        unk_token=SPECIALS[UNKNOWN],
        show_progress=False,
    )
    return models.Unigram(), trainer


KINDS: Final = {"char": _char, "word": _word, "bpe": _bpe, "unigram": _unigram}


def _check(options: Options) -> None:
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
            f"`min_count` is {options.min_count}, but unigram has no such option. Leave it out, or take bpe."
        )


def _normalizer(options: Options) -> Any:
    steps = [_NORMALISATIONS[options.normalisation]()]
    if options.lowercase:
        steps.append(normalizers.Lowercase())
    steps += [normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    return normalizers.Sequence(steps)


def _pre_tokenizer(options: Options) -> Any:
    if options.kind == "char":
        return pre_tokenizers.Split(Regex(_CHARACTER), "isolated")
    spaces = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always", split=False)
    pattern = _PATTERNS[options.punctuation]
    if options.kind == "word" and pattern == _SEPARATE:
        pattern = _WORDS
    return pre_tokenizers.Sequence([spaces, pre_tokenizers.Split(Regex(pattern), "isolated")])


def _train(backend: library.Tokenizer, trainer: Any, texts: Iterable[str], options: Options) -> None:
    seen = False

    def chunks() -> Iterator[list[str]]:
        nonlocal seen
        chunk: list[str] = []
        for text in texts:
            chunk.append(text)
            seen = seen or bool(text.strip())
            if len(chunk) == _TEXTS_AT_ONCE:
                yield chunk
                chunk = []
        yield chunk

    try:
        backend.train_from_iterator(chunks(), trainer=trainer)
    except Exception as error:
        # The library raises a bare Exception where a unigram vocabulary can't hold every character, or has none.
        if type(error) is not Exception:
            raise
        if seen:
            raise OptionError(
                f"`vocabulary_size` is {options.vocabulary_size:,}, which could not be trained ({error}). "
                "Take a larger one, or bpe."
            ) from error
    if not seen:
        raise DataError("There is no text to train a tokenizer on. Give at least one line that is not empty.")
