"""What is asked of a run that another one begins with: `model.start_from`."""

import itertools
from collections.abc import Iterable
from pathlib import Path

from saccade.data.tokenizers import UNKNOWN, Tokenizer
from saccade.errors import RunError

_TEXTS_AT_ONCE = 1000


def check_knows(run: Path, tokenizer: Tokenizer, texts: Iterable[str]) -> None:
    """Refuse the tokenizer of a run for texts that it could not write.

    Raises:
        RunError: It lacks a piece of them.
    """
    rest, strange = iter(texts), dict[str, None]()
    while chunk := list(itertools.islice(rest, _TEXTS_AT_ONCE)):
        for text, encoding in zip(chunk, tokenizer.encode_batch(chunk), strict=True):
            places = zip(encoding.ids, encoding.spans, strict=True)
            strange |= {text[start:end]: None for identity, (start, end) in places if identity == UNKNOWN}
    if strange:
        raise RunError(
            f"`model.start_from` is {run}, which never saw {', '.join(map(repr, list(strange)[:5]))}, and so can't "
            "write it. Train that run on texts with these characters, or leave them out here."
        )
