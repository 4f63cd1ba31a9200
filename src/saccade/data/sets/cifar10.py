"""CIFAR-10: small photographs of ten kinds of things, 32 × 32."""

from typing import Final

import numpy as np

from saccade.data.image_formats.npz import npz_arrays
from saccade.data.images import LabelledImages
from saccade.data.read_image import read_image
from saccade.data.sets.home import check_split, set_file

HELD_OUT: Final = 5_000


def cifar10(split: str) -> LabelledImages:
    """Photographs of ten kinds of things, from a JPEG copy: 45,000 to train, 5,000 to validate, 10,000 to test.

    The images to validate by are drawn from the training file at random, always the same ones.

    Args:
        split: train, validation or test.

    Raises:
        OptionError: A split that is none of these.
        MissingError: The files are not there.

    Source:
        Krizhevsky 2009, "Learning multiple layers of features from tiny images"; the division into 45,000 and 5,000 is
        that of He et al. 2016, arXiv:1512.03385, section 4.2.

    Differs:
        The images were compressed once more (JPEG, quality 75): say "JPEG copy" beside a figure.
    """
    check_split(split)
    path = set_file("cifar10", f"{'test' if split == 'test' else 'train'}.npz")
    jpeg, offset, labels, classes = npz_arrays(path, ("jpeg", "offset", "label", "classes"))
    kept = np.arange(len(labels))
    if split != "test":
        order = np.random.default_rng(0).permutation(len(labels))
        kept = np.sort(order[HELD_OUT:] if split == "train" else order[:HELD_OUT])
    packed = jpeg.tobytes()
    pixels = np.empty((len(kept), 32, 32, 3), dtype=np.uint8)
    for place, (start, end) in enumerate(zip(offset[kept], offset[kept + 1], strict=True)):
        pixels[place] = read_image(packed[start:end], name=f"{path}, image {kept[place] + 1}")
    return LabelledImages(pixels, labels[kept], [str(name) for name in classes], names=f"cifar10 {split}")
