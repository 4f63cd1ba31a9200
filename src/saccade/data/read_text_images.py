"""Images of texts from files: a table of paths and texts, Parquet, or a data set on a hub."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from saccade.data.read_image import MAX_PIXELS, check_options, pair
from saccade.data.read_images import Reading, check_on_bad_file, records_of, stored
from saccade.data.text_images import TextImages
from saccade.errors import DataError

FORMATS: Final = ("csv", "hub", "jsonl", "parquet")
TEXT: Final = "text"


def read_text_images(
    path: str | Path,
    *,
    size: int | tuple[int, int],
    channels: int = 3,
    fit: str = "pad",
    on_bad_file: str = "stop",
    max_pixels: int = MAX_PIXELS,
    format: str | None = None,
    image: str | None = None,
    text: str | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
    alike: Mapping[str, Any] | None = None,
) -> TextImages:
    """Read every image once, bring all to one size, and leave them on disk from where batches are read fast.

    Args:
        path: A file, or "hub:owner/name".
        size: Height and width, one number where they are equal.
        channels: 3 for red, green and blue; 1 for grey.
        fit: `pad`, `crop` or `squeeze`, see `read_image`.
        on_bad_file: `stop` at an image that cannot be read, or `skip` it; those skipped are counted.
        max_pixels: The most pixels an image may have, width times height.
        format: csv, jsonl, parquet or hub; without it, what the path says.
        image: The name of the column with the images, `image` if not given.
        text: The name of the column with the texts, `text` if not given.
        revision: hub: the commit, needed there.
        config: hub: the data set's configuration.
        split: hub: the data set's own name for the split, `train` if not given.
        alike: The options by which other files are read: what they say of columns holds here, too, as far as this file
            has such columns.

    Raises:
        OptionError: A format or an option that there isn't.
        MissingError: No such file.
        DataError: An image that cannot be read, with its file; a line that is not right; or no images at all.
        StorageError: No room on the disk.
    """
    check_options(size, channels, fit, max_pixels)
    check_on_bad_file(on_bad_file)
    options = {"image": image, "revision": revision, "config": config, "split": split}
    given = {name: value for name, value in options.items() if value is not None}
    given["label"] = text or (alike or {}).get("text", TEXT)  # what the formats of images call it
    if Path(path).is_dir():
        raise DataError(
            f"{path} is a folder, whose names say no texts. Give a table of images and texts, as CSV or JSONL."
        )
    reading = Reading(pair(size), channels, fit, max_pixels)
    pixels, texts, names, lost = stored(records_of(path, format, given, FORMATS, alike), reading, on_bad_file)
    if not texts:
        raise DataError(f"{path}: there is not one image ({lost.total():,} skipped).")
    return TextImages(pixels, texts, names=names, skipped=lost.total())
