"""Bringing an image to the size a network reads."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from jaxtyping import Float32

if TYPE_CHECKING:
    from PIL.Image import Image

# A much larger picture is first reduced by a whole factor, to this many times the size: hardly to be seen, and faster.
_GAP: Final = 3.0


class Frame(NamedTuple):
    """Where a whole image comes to lie on the size, in pixels of that: how large it is then, and its left upper corner.

    What is cut off lies outside of the size.
    """

    width: int
    height: int
    left: int = 0
    top: int = 0


def padded(image: "Image", width: int, height: int) -> "Image":
    """The whole image in its own proportions, centred; around it the mean colour of its edge.

    Example:
        >>> from PIL import Image
        >>> padded(Image.new("L", (40, 20), 77), 10, 10).getbbox(), padded(Image.new("L", (40, 20), 77), 10, 8).size
        ((0, 0, 10, 10), (10, 8))
    """
    from PIL import Image

    frame = _when_padded(*image.size, width, height)
    inner = squeezed(image, frame.width, frame.height)
    if inner.size == (width, height):
        return inner
    sheet = Image.new(image.mode, (width, height), _edge(inner))
    sheet.paste(inner, (frame.left, frame.top))
    return sheet


def cropped(image: "Image", width: int, height: int) -> "Image":
    """The middle of the image in its own proportions; what stands out is cut off."""
    from PIL import Image

    if image.size == (width, height):
        return image
    frame = _when_cropped(*image.size, width, height)
    # Cut out before it is enlarged: a line of some ten thousand pixels would become an image of gigabytes.
    across, down = image.width / frame.width, image.height / frame.height
    left, top = -frame.left * across, -frame.top * down
    # Rounding must not carry it over the edge.
    middle = (left, top, min(left + width * across, image.width), min(top + height * down, image.height))
    return image.resize((width, height), Image.Resampling.BICUBIC, box=middle, reducing_gap=_GAP)


def squeezed(image: "Image", width: int, height: int) -> "Image":
    """The whole image, its proportions changed to those of the size."""
    from PIL import Image

    if image.size == (width, height):
        return image
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=_GAP)


FITS: Final[dict[str, Callable[["Image", int, int], "Image"]]] = {"crop": cropped, "pad": padded, "squeeze": squeezed}


def fit_boxes(
    boxes: Float32[np.ndarray, "box 4"], image: tuple[int, int], width: int, height: int, fit: str
) -> Float32[np.ndarray, "box 4"]:
    """Where boxes of an image lie once it was brought to the size.

    Args:
        boxes: Left, top, right, bottom of each, in pixels of the image.
        image: Its width and height.
        width: Of the size.
        height: The same.
        fit: How it was brought to the size, a name in `FITS`.

    Example:
        >>> fit_boxes(np.array([[10, 0, 20, 20]], np.float32), (40, 20), 10, 10, "pad").tolist()
        [[2.5, 2.0, 5.0, 7.0]]
    """
    frame = _FRAMES[fit](*image, width, height)
    scale = np.array([frame.width / image[0], frame.height / image[1]], dtype=np.float32)
    return (boxes.reshape(-1, 2, 2) * scale + np.array([frame.left, frame.top], dtype=np.float32)).reshape(-1, 4)


def _when_padded(image_width: int, image_height: int, width: int, height: int) -> Frame:
    scale = min(width / image_width, height / image_height)
    inner = max(1, round(image_width * scale)), max(1, round(image_height * scale))
    return Frame(*inner, (width - inner[0]) // 2, (height - inner[1]) // 2)


def _when_cropped(image_width: int, image_height: int, width: int, height: int) -> Frame:
    scale = max(width / image_width, height / image_height)
    inner = max(width, round(image_width * scale)), max(height, round(image_height * scale))
    return Frame(*inner, -((inner[0] - width) // 2), -((inner[1] - height) // 2))


def _when_squeezed(image_width: int, image_height: int, width: int, height: int) -> Frame:
    return Frame(width, height)


_FRAMES: Final[dict[str, Callable[[int, int, int, int], Frame]]] = {
    "crop": _when_cropped,
    "pad": _when_padded,
    "squeeze": _when_squeezed,
}


def _edge(image: "Image") -> tuple[int, ...]:
    pixels = np.asarray(image, dtype=np.float32).reshape(image.height, image.width, -1)
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    return tuple(int(value) for value in np.rint(edge.mean(0)))
