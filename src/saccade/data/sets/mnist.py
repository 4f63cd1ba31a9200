"""MNIST: handwritten digits, 28 × 28, grey."""

from typing import Final

import numpy as np
from jaxtyping import Int64, UInt8

from saccade.data.image_formats.npz import npz_arrays
from saccade.data.images import LabelledImages
from saccade.data.sets.home import check_split, set_file

CLASSES: Final = tuple("0123456789")
HELD_OUT: Final = 5_000


def mnist(split: str) -> LabelledImages:
    """Handwritten digits: 55,000 to train, 5,000 to validate (the last of the training file), 10,000 to test.

    Args:
        split: train, validation or test.

    Raises:
        OptionError: A split that is none of these.
        MissingError: The files are not there.

    Source:
        LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition".
    """
    pixels, labels = digits(split, "mnist")
    return LabelledImages(pixels[..., None], labels, CLASSES, names=f"mnist {split}")


def digits(split: str, set_name: str) -> tuple[UInt8[np.ndarray, "image 28 28"], Int64[np.ndarray, " image"]]:
    """The digits of a split and their labels, for `mnist` and the sets that are made of it."""
    check_split(split)
    path = set_file(set_name, f"{'test' if split == 'test' else 'train'}.npz")
    pixels, labels = npz_arrays(path, ("x", "y"))
    kept = {"train": slice(None, -HELD_OUT), "validation": slice(-HELD_OUT, None), "test": slice(None)}[split]
    return pixels[kept], labels[kept].astype(np.int64)
