"""A data set on the Hugging Face hub."""

import re
from collections.abc import Iterator
from typing import Any

from saccade.data.formats.record import NAMES, text_at
from saccade.errors import MissingError, OptionError

PREFIX = "hub:"
_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def hub_pairs(
    address: str,
    *,
    source: str | None = None,
    target: str | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
) -> Iterator[tuple[str, str]]:
    """Pairs from two columns of a data set; it is fetched once and then found on this machine.

    Args:
        address: "hub:owner/name".
        source: The column of the sources, `source` if not given; "translation.en" goes a level down.
        target: The column of the targets, `target` if not given.
        revision: The commit, 40 hex digits: a name such as `main` may be other data tomorrow.
        config: The data set's configuration, where it has several.
        split: The data set's own name for the split, `train` if not given.

    Raises:
        OptionError: An address or a revision of another form.
        MissingError: It could not be fetched.
        DataError: No such column, or a column that is not text.
    """
    rows = hub_rows(address, revision=revision, config=config, split=split)
    for number, row in enumerate(rows, start=1):
        where = f"{address}, row {number}"
        yield text_at(row, source or NAMES[0], where), text_at(row, target or NAMES[1], where)


def hub_rows(address: str, *, revision: str | None, config: str | None, split: str | None) -> Any:
    """The rows of a data set, of texts or of images.

    Raises:
        OptionError: An address or a revision of another form.
        MissingError: It could not be fetched.
    """
    name = address.removeprefix(PREFIX)
    if not _NAME.fullmatch(name):
        raise OptionError(f"`{address}` is not the address of a data set. Write hub:owner/name.")
    if revision is None or not _COMMIT.fullmatch(revision):
        raise OptionError(
            f"`revision` of {address} must be a commit of 40 hex digits, but is `{revision}`. "
            "The data set's page lists its commits."
        )
    import datasets  # takes seconds, and only this format needs it

    try:
        return datasets.load_dataset(name, config, split=split or "train", revision=revision)
    except (OSError, ValueError, RuntimeError) as error:
        raise MissingError(f"{address} at {revision} could not be fetched: {error}") from error
