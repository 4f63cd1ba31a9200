"""Bringing an image to the size a network reads."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

# A much larger picture is first reduced by a whole factor, to this many times the size: hardly to be seen, and faster.
_GAP: Final = 3.0


def padded(image: "Image", width: int, height: int) -> "Image":
    """The whole image in its own proportions, centred; around it the mean colour of its edge.

    Example:
        >>> from PIL import Image
        >>> padded(Image.new("L", (40, 20), 77), 10, 10).getbbox(), padded(Image.new("L", (40, 20), 77), 10, 8).size
        ((0, 0, 10, 10), (10, 8))
    """
    from PIL import Image

    scale = min(width / image.width, height / image.height)
    inner = squeezed(image, max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    if inner.size == (width, height):
        return inner
    sheet = Image.new(image.mode, (width, height), _edge(inner))
    sheet.paste(inner, ((width - inner.width) // 2, (height - inner.height) // 2))
    return sheet


def cropped(image: "Image", width: int, height: int) -> "Image":
    """The middle of the image in its own proportions; what stands out is cut off."""
    scale = max(width / image.width, height / image.height)
    inner = squeezed(image, max(width, round(image.width * scale)), max(height, round(image.height * scale)))
    left, top = (inner.width - width) // 2, (inner.height - height) // 2
    return inner.crop((left, top, left + width, top + height))


def squeezed(image: "Image", width: int, height: int) -> "Image":
    """The whole image, its proportions changed to those of the size."""
    from PIL import Image

    if image.size == (width, height):
        return image
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=_GAP)


FITS: Final[dict[str, Callable[["Image", int, int], "Image"]]] = {"crop": cropped, "pad": padded, "squeeze": squeezed}


def _edge(image: "Image") -> tuple[int, ...]:
    pixels = np.asarray(image, dtype=np.float32).reshape(image.height, image.width, -1)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return tuple(int(value) for value in np.rint(edge.mean(0)))
