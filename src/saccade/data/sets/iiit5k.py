"""IIIT 5K-word: words photographed in the street, with a box for every character."""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from jaxtyping import Float32

from saccade.data.fit import fit_boxes
from saccade.data.image_formats.npz import npz_arrays
from saccade.data.pixel_store import PixelStore
from saccade.data.read_image import check_options, read_image
from saccade.data.sets.home import check_split, set_file
from saccade.data.text_images import CharacterBoxes, TextImages
from saccade.errors import DataError

HELD_OUT: Final = 200
_FIT: Final = "pad"
# So far, in pixels, a box may reach out of its image: the corners were rounded.
_ROUNDED: Final = 1.0


def iiit5k(split: str, *, height: int = 32, width: int = 128) -> TextImages:
    """Words cut out of photographs: 1,800 to train, 200 to validate, 3,000 to test; each character has its box.

    The words to validate by are drawn from the training file at random, always the same ones. Words are read as they
    are written, in capitals or not. They keep their proportions; around them lies the mean colour of the edge (`pad`).

    Args:
        split: train, validation or test.
        height: To which all are brought, in pixels.
        width: The same.

    Raises:
        OptionError: An option that is not allowed.
        MissingError: The files are not there.
        DataError: Files that don't go together, or a box that lies outside of its image.

    Source:
        Mishra, Alahari, Jawahar 2012, BMVC, "Scene Text Recognition using Higher Order Language Priors".

    Differs:
        The set's boxes count pixels from 1, ours from 0. Of a box that reaches beyond the image by less than a pixel,
        which comes of rounding, the part in the image is taken.
    """
    check_split(split)
    check_options((height, width), 3, _FIT, 1)
    stem = "test" if split == "test" else "train"
    path = set_file("iiit5k", f"{stem}.npz")
    jpeg, offset = npz_arrays(path, ("jpeg", "offset"))
    words = _words(set_file("iiit5k", f"{stem}.json"), len(offset) - 1)
    packed, texts, boxes, names = jpeg.tobytes(), [], [], []
    with PixelStore((height, width, 3)) as store:
        for place in _kept(split, len(words)):
            word, name = words[place], f"{path}, image {place + 1}"
            content = packed[offset[place] : offset[place + 1]]
            store.add(read_image(content, size=(height, width), fit=_FIT, name=name))
            moved = fit_boxes(boxes_of(word, name), tuple(word["size"]), width, height, _FIT)
            boxes.append(np.clip(moved, 0, np.array([width, height] * 2, dtype=np.float32)))
            texts.append(word["text"])
            names.append(name)
        return TextImages(store.pixels(), texts, boxes=boxes, names=names)


def boxes_of(word: Any, name: str) -> CharacterBoxes:
    """The boxes of a word's characters, in pixels of its image from 0: left, top, right, bottom.

    Args:
        word: As the file has it: its `text`; its `boxes`, each left, top, width, height, with 1 for the first pixel;
            the `size` of the image that they are of, and `orig_size`, which it had when the pixels were counted.
        name: What it is called in messages.

    Raises:
        DataError: A box that lies outside of the image, by more than a pixel.

    Example:
        >>> word = {"text": "a", "boxes": [[1, 3, 5, 7]], "size": [9, 10], "orig_size": [9, 10]}
        >>> boxes_of(word, "a word").tolist()
        [[0.0, 2.0, 5.0, 9.0]]
    """
    size = np.array(word["size"], dtype=np.float32)
    corners = np.array(word["boxes"], dtype=np.float32).reshape(-1, 4)
    first: Float32[np.ndarray, "box 2"] = corners[:, :2] - size / np.array(word["orig_size"], dtype=np.float32)
    boxes = np.concatenate([first, first + corners[:, 2:]], axis=1)
    most = np.concatenate([size, size])
    cut = np.clip(boxes, 0, most)
    wrong = (np.abs(cut - boxes).max(axis=1) > _ROUNDED) | (cut[:, :2] >= cut[:, 2:]).any(axis=1)
    if wrong.any():
        place = int(wrong.argmax())
        raise DataError(
            f"{name}: the box of character {place + 1}, {word['text'][place : place + 1]!r}, is "
            f"{word['boxes'][place]} (left, top, width, height, from 1), which lies outside of the image of "
            f"{word['size'][0]} × {word['size'][1]} pixels. Get the files anew."
        )
    return cut


def _kept(split: str, count: int) -> list[int]:
    if split == "test":
        return list(range(count))
    order = np.random.default_rng(0).permutation(count)
    return sorted((order[HELD_OUT:] if split == "train" else order[:HELD_OUT]).tolist())


def _words(path: Path, count: int) -> list[Any]:
    """The words as the file has them.

    Raises:
        DataError: It is damaged, or not as long as the images.
    """
    try:
        words = json.loads(path.read_text(encoding="utf-8"))
        for word in words:
            for name, sides in (("size", 2), ("orig_size", 2)):
                if len(word[name]) != sides:
                    raise ValueError(f"`{name}` is {word[name]!r}")
            if not isinstance(word["text"], str) or any(len(box) != 4 for box in word["boxes"]):
                raise ValueError(f"`text` or `boxes` of {word['text']!r:.60}")
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is damaged ({error!r}). Get it anew.") from error
    if len(words) != count:
        raise DataError(f"{path} has {len(words):,} words, but there are {count:,} images. Get both files anew.")
    return words
