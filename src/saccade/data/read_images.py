"""Images from files, with labels or texts: class folders, CSV, JSON lines, .npz, Parquet, or a data set on a hub."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from jaxtyping import UInt8

from saccade.data.classes import check_class, in_order
from saccade.data.fit import FITS
from saccade.data.formats.choice import check_format, check_format_options, columns_like, format_by_suffix, option_names
from saccade.data.formats.hub import PREFIX
from saccade.data.image_formats.csv import csv_images
from saccade.data.image_formats.folder import folder_images
from saccade.data.image_formats.hub import hub_images
from saccade.data.image_formats.jsonl import jsonl_images
from saccade.data.image_formats.npz import npz_images
from saccade.data.image_formats.parquet import parquet_images
from saccade.data.image_formats.record import Record
from saccade.data.images import LabelledImages
from saccade.data.pixel_store import PixelStore
from saccade.data.pixel_values import as_bytes
from saccade.data.read_image import MAX_PIXELS, check_options, pair, read_image
from saccade.errors import DataError, MissingError, OptionError, did_you_mean

FORMATS: Final[dict[str, Callable[..., Iterator[Record]]]] = {
    "csv": csv_images,
    "folder": folder_images,
    "hub": hub_images,
    "jsonl": jsonl_images,
    "npz": npz_images,
    "parquet": parquet_images,
}
SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".npz": "npz",
    ".parquet": "parquet",
}
ON_BAD_FILE: Final = ("stop", "skip")
# Images that one thread reads at a time.
_AT_ONCE: Final = 16


class Reading(NamedTuple):
    """How each image is read, see `read_images`."""

    size: tuple[int, int]
    channels: int
    fit: str
    max_pixels: int


def read_images(
    path: str | Path,
    *,
    size: int | tuple[int, int],
    channels: int = 3,
    classes: Sequence[str] | None = None,
    fit: str = "pad",
    on_bad_file: str = "stop",
    max_pixels: int = MAX_PIXELS,
    format: str | None = None,
    image: str | None = None,
    label: str | None = None,
    revision: str | None = None,
    config: str | None = None,
    split: str | None = None,
    alike: Mapping[str, Any] | None = None,
) -> LabelledImages:
    """Read every image once, bring all to one size, and leave them on disk from where batches are read fast.

    Args:
        path: A folder of class folders, a file, or "hub:owner/name".
        size: Height and width, one number where they are equal.
        channels: 3 for red, green and blue; 1 for grey.
        classes: The classes of the training, when validation or test are read: another one is refused. Without it,
            those that occur, in order.
        fit: `pad`, `crop` or `squeeze`, see `read_image`.
        on_bad_file: `stop` at an image that cannot be read, or `skip` it; those skipped are counted.
        max_pixels: The most pixels an image may have, width times height.
        format: folder, csv, jsonl, npz, parquet or hub; without it, what the path says.
        image: The name of the column with the images, see the formats.
        label: The name of the column with the labels.
        revision: hub: the commit, needed there.
        config: hub: the data set's configuration.
        split: hub: the data set's own name for the split, `train` if not given.
        alike: The options by which other files are read: what they say of columns holds here, too, as far as this file
            has such columns.

    Raises:
        OptionError: A format or an option that there isn't, or arrays of other `channels`.
        MissingError: No such file.
        DataError: An image that cannot be read, with its file; a class that is not among `classes`, or has no images; a
            line that is not right; or no images at all.
        StorageError: No room on the disk.
    """
    check_options(size, channels, fit, max_pixels)
    check_on_bad_file(on_bad_file)
    options = {"image": image, "label": label, "revision": revision, "config": config, "split": split}
    given = {name: value for name, value in options.items() if value is not None}
    records = _known(records_of(path, format, given, list(FORMATS), alike), classes)
    held = stored(records, Reading(pair(size), channels, fit, max_pixels), on_bad_file)
    return _collected(str(path), held, classes)


class Stored(NamedTuple):
    """Images that were read, and lie on disk.

    Attributes:
        pixels: Of those that could be read.
        labels: Of the same, as their files say.
        names: Of the same.
        lost: How many of each label could not be read.
    """

    pixels: UInt8[np.ndarray, "image height width channel"]
    labels: list[str]
    names: list[str]
    lost: Counter[str]


def stored(records: Iterator[Record], reading: Reading, on_bad_file: str) -> Stored:
    """Read every image, in their order.

    Raises:
        MissingError, DataError: One that can't be read, if that shall stop.
    """
    labels, names, lost = [], [], Counter[str]()
    with PixelStore((*reading.size, reading.channels)) as store:
        for record, pixels in _read_all(records, reading):
            if isinstance(pixels, np.ndarray):
                store.add(pixels)
                labels.append(record.label)
                names.append(record.name)
            elif on_bad_file == "skip":
                lost[record.label] += 1
            else:
                raise pixels
        return Stored(store.pixels(), labels, names, lost)


def records_of(
    path: str | Path,
    format: str | None,
    given: dict[str, str],
    allowed: Sequence[str],
    alike: Mapping[str, Any] | None = None,
) -> Iterator[Record]:
    """What a folder or a file names, not read yet.

    Args:
        path: A folder of class folders, a file, or "hub:owner/name".
        format: One of `allowed`; without it, what the path says.
        given: Options of the format.
        allowed: Formats.
        alike: The options of other files, see `read_images`.

    Raises:
        OptionError: A format or an option that there isn't.
        MissingError: No such file.
    """
    kind = format or _format(path, allowed)
    check_format(kind, allowed)
    check_format_options(kind, FORMATS[kind], given)
    given = columns_like(alike, kind, option_names(FORMATS[kind])) | given
    return FORMATS[kind](str(path) if kind == "hub" else Path(path), **given)


def check_on_bad_file(on_bad_file: str) -> None:
    """Refuse what can't be done with a file that is no image.

    Raises:
        OptionError: It is neither `stop` nor `skip`.
    """
    if on_bad_file not in ON_BAD_FILE:
        raise OptionError(f"`on_bad_file` is `{on_bad_file}`. {did_you_mean(on_bad_file, ON_BAD_FILE)}")


def _collected(path: str, held: Stored, classes: Sequence[str] | None) -> LabelledImages:
    pixels, labels, names, lost = held
    found = in_order({*labels, *lost})
    for name in found:
        if name not in set(labels):
            raise DataError(f"{path}: of the class `{name}` not one image can be read ({lost[name]:,} skipped).")
    if not labels:
        raise DataError(f"{path}: there is not one image.")
    places = {name: place for place, name in enumerate(classes or found)}
    return LabelledImages(pixels, [places[label] for label in labels], list(places), names=names, skipped=lost.total())


def _known(records: Iterator[Record], classes: Sequence[str] | None) -> Iterator[Record]:
    """The records, as long as their classes are known."""
    for record in records:
        check_class(record.label, classes, record.name)
        yield record


def _read_all(
    records: Iterator[Record], reading: Reading
) -> Iterator[tuple[Record, UInt8[np.ndarray, "height width channel"] | DataError | MissingError]]:
    """Each record in order with its pixels, or with what is wrong; a few are read ahead, on all processors."""
    workers = os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        while ahead := list(islice(records, workers * _AT_ONCE)):
            shares = [ahead[start : start + _AT_ONCE] for start in range(0, len(ahead), _AT_ONCE)]
            yield from zip(ahead, chain.from_iterable(pool.map(partial(_read_share, reading), shares)), strict=True)


def _read_share(
    reading: Reading, records: list[Record]
) -> list[UInt8[np.ndarray, "height width channel"] | DataError | MissingError]:
    read = []
    for record in records:
        try:
            read.append(_read(record, reading))
        except (DataError, MissingError) as error:
            read.append(error)
    return read


def _read(record: Record, reading: Reading) -> UInt8[np.ndarray, "height width channel"]:
    if isinstance(record.image, np.ndarray):
        return _from_array(record, record.image, reading)
    return read_image(record.image, **reading._asdict(), name=record.name)


def _from_array(record: Record, values: np.ndarray, reading: Reading) -> UInt8[np.ndarray, "height width channel"]:
    pixels = as_bytes(values, record.name, record.most)
    if pixels.shape[-1] not in (1, reading.channels):
        raise OptionError(
            f"`channels` is {reading.channels}, but {record.name} has {pixels.shape[-1]}: its shape is {pixels.shape}, "
            "(height, width, channel). Give the right number, 1 or 3, and put the channels last."
        )
    pixels = np.broadcast_to(pixels, (*pixels.shape[:-1], reading.channels))
    if pixels.shape[:2] == reading.size:
        return pixels
    from PIL import Image

    height, width = reading.size
    picture = Image.fromarray(np.ascontiguousarray(pixels[..., 0] if reading.channels == 1 else pixels))
    return np.array(FITS[reading.fit](picture, width, height)).reshape(height, width, reading.channels)


def _format(path: str | Path, allowed: Sequence[str]) -> str:
    if str(path).startswith(PREFIX):
        return "hub"
    if Path(path).is_dir():
        return "folder"
    try:
        return format_by_suffix(path, SUFFIXES, allowed, also="folders, ")
    except OptionError:
        if not Path(path).exists():
            raise MissingError(f"{path}: there is no such file or folder.") from None
        raise
