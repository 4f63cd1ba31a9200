"""An image data set on the Hugging Face hub."""

from collections.abc import Iterator
from pathlib import Path

from saccade.data.formats.hub import hub_rows
from saccade.data.image_formats.parquet import check_columns
from saccade.data.image_formats.record import NAMES, Record, record_of


def hub_images(
    address: str,
    *,
    image: str | None = None,
    label: str | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
) -> Iterator[Record]:
    """Images from two columns of a data set; it is fetched once and then found on this machine.

    Args:
        address: "hub:owner/name".
        image: The column of the images, `image` if not given.
        label: The column of the labels, `label` if not given.
        revision: The commit, 40 hex digits: a name such as `main` may be other data tomorrow.
        config: The data set's configuration, where it has several.
        split: The data set's own name for the split, `train` if not given.

    Raises:
        OptionError: An address or a revision of another form.
        MissingError: It could not be fetched.
        DataError: No such column, or one of another kind.
    """
    rows = hub_rows(address, revision=revision, config=config, split=split)
    import datasets  # only where rows were had, so that a wrong address is told at once

    names = image or NAMES[0], label or NAMES[1]
    check_columns(address, names, rows.features)
    classes = getattr(rows.features[names[1]], "names", None)
    if isinstance(rows.features[names[0]], datasets.Image):
        # As files: they are read here, like all others.
        rows = rows.cast_column(names[0], datasets.Image(decode=False))
    for number, row in enumerate(rows.select_columns(list(names)), start=1):
        yield record_of(row, *names, f"{address}, row {number}", Path(), classes)
