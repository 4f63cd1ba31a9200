"""An image from a file, however it was written: upright, in grey or in colours, a byte a channel."""

import contextlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from jaxtyping import UInt8

from saccade.data.fit import FITS
from saccade.data.pixel_values import as_bytes
from saccade.errors import DataError, MissingError, OptionError, SaccadeError, did_you_mean

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS: Final = ("AVIF", "BMP", "GIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF", "WEBP")
MAX_PIXELS: Final = 100_000_000
"""An image of more is refused, if no other limit is set: a small file may unpack to more than the memory holds."""
MODES: Final = {1: "L", 3: "RGB"}

_ORIENTATION: Final = 0x0112
_LOCK = threading.Lock()


def read_image(
    source: str | Path | bytes,
    *,
    size: int | tuple[int, int] | None = None,
    channels: int = 3,
    fit: str = "pad",
    max_pixels: int = MAX_PIXELS,
    name: str | None = None,
) -> UInt8[np.ndarray, "height width channel"]:
    """Read an image as it is meant to be seen.

    It is turned as its EXIF orientation says; grey, palette, CMYK and 16-bit images become bytes of the wanted
    channels, and what is transparent lies on white. Colour profiles are not applied.

    Args:
        source: The file, or its content.
        size: Height and width to bring it to, one number where they are equal; without it, it keeps its own.
        channels: 3 for red, green and blue; 1 for grey.
        fit: How it is brought to the size: `pad` keeps all of it and its proportions, and fills up with the mean colour
            of its edge; `crop` keeps the proportions and cuts off what stands out; `squeeze` keeps all and changes the
            proportions.
        max_pixels: The most pixels it may have, width times height.
        name: What it is called in messages; without it, its path.

    Raises:
        MissingError: No such file.
        DataError: Empty, cut off, no image, of several frames or pages, or over the limit.
        OptionError: An option that is not allowed.

    Example:
        >>> from PIL import Image
        >>> content = io.BytesIO()
        >>> Image.new("P", (40, 20)).save(content, "PNG")
        >>> read_image(content.getvalue(), size=8, channels=1).shape
        (8, 8, 1)
    """
    check_options(size, channels, fit, max_pixels)
    called = name or ("the image" if isinstance(source, bytes) else str(source))
    content = source if isinstance(source, bytes) else _content(Path(source), called)
    if not content:
        raise DataError(f"{called} is empty. Mend it, or leave it out.")
    try:
        image = _opened(content, called, max_pixels)
        # A JPEG can be unpacked at a half, a quarter or an eighth of its size, much faster.
        if size is not None:
            enough = 2 * max(pair(size))
            image.draft(None, (enough, enough))
        image.load()
        image = _upright(image)
        image = _flat(image, MODES[channels], called)
        if size is not None:
            height, width = pair(size)
            image = FITS[fit](image, width, height)
    except SaccadeError:
        raise
    except Exception as error:  # a damaged file makes a decoder raise whatever it likes
        raise DataError(f"{called} is damaged or cut off ({error}). Mend it, or leave it out.") from error
    return np.array(image).reshape(image.height, image.width, channels)


def head_of(content: bytes, name: str = "the image") -> tuple[int, int]:
    """Height and width of an image as its file's head tells, before anything is unpacked.

    Raises:
        DataError: Empty, no image, or of several frames or pages.

    Example:
        >>> from PIL import Image
        >>> content = io.BytesIO()
        >>> Image.new("P", (40, 20)).save(content, "PNG")
        >>> head_of(content.getvalue())
        (20, 40)
    """
    if not content:
        raise DataError(f"{name} is empty. Mend it, or leave it out.")
    try:
        image = _opened(content, name, None)
    except SaccadeError:
        raise
    except Exception as error:  # a damaged file makes a decoder raise whatever it likes
        raise DataError(f"{name} is damaged or cut off ({error}). Mend it, or leave it out.") from error
    return image.height, image.width


def check_options(size: int | tuple[int, int] | None, channels: int, fit: str, max_pixels: int) -> None:
    """Refuse what no image can be brought to.

    Raises:
        OptionError: A size or a limit below 1, channels other than 1 and 3, or an unknown fit.
    """
    if size is not None and min(pair(size)) < 1:
        raise OptionError(f"`size` must be 1 or more, but is {size}.")
    if channels not in MODES:
        raise OptionError(f"`channels` must be 3 (colours) or 1 (grey), but is {channels}.")
    if fit not in FITS:
        raise OptionError(f"`fit` is `{fit}`. {did_you_mean(fit, FITS)}")
    if max_pixels < 1:
        raise OptionError(f"`max_pixels` must be 1 or more, but is {max_pixels}.")


def pair(size: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width of a size that may be one number for both."""
    return (size, size) if isinstance(size, int) else (size[0], size[1])


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MissingError(f"{name}: there is no such file.") from error
    except OSError as error:
        raise DataError(f"{name} cannot be read ({error.strerror}).") from error


def _opened(content: bytes, name: str, max_pixels: int | None) -> "Image":
    from PIL import Image, UnidentifiedImageError

    try:
        with _own_limit():
            image = Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise DataError(
            f"{name} is not an image, or its head is damaged. Formats that can be read: {', '.join(FORMATS)}."
        ) from error
    if max_pixels is not None and image.width * image.height > max_pixels:
        raise DataError(
            f"{name} has {image.width:,} × {image.height:,} pixels, but `max_pixels` is {max_pixels:,}. "
            "Make it smaller, or raise the limit."
        )
    # What a phone writes as MPO is a photograph with others beside it: the first is meant.
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    if frames > 1:
        raise DataError(f"{name} has {frames} frames or pages. Save the one that is meant as a file of its own.")
    return image


@contextlib.contextmanager
def _own_limit() -> Iterator[None]:
    """Lift Pillow's own limit, which is one for the whole program, as long as it takes to read a file's head."""
    from PIL import Image

    with _LOCK:
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def _upright(image: "Image") -> "Image":
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    try:
        orientation: Any = image.getexif().get(_ORIENTATION)
    except Exception:  # the picture is good, whatever its notes are
        orientation = None
    return image.transpose(turns[orientation]) if orientation in turns else image


def _flat(image: "Image", mode: str, name: str) -> "Image":
    """Eight bits a channel, opaque, in the wanted mode."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        # What is dark in 16 bits may be below 256: the file says how deep it is.
        most = 65_535.0 if image.mode.startswith("I") else None
        image = Image.fromarray(as_bytes(np.asarray(image), name, most))
    if image.has_transparency_data:
        seen = image.convert("LA") if image.mode == "La" else image
        seen = seen.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    # From palettes and CMYK there is no direct way to grey.
    return image if image.mode == mode else image.convert("RGB").convert(mode)
