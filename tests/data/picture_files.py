"""Files as cameras, scanners and programs write them."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image


def colours(height: int = 11, width: int = 7) -> np.ndarray:
    """A picture without any symmetry, each channel its own."""
    return np.random.default_rng(7).integers(0, 256, size=(height, width, 3), dtype=np.uint8)


def written(image: Image.Image | np.ndarray, format: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(content, format, **options)
    return content.getvalue()


def turned(image: np.ndarray, orientation: int, format: str = "PNG", **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return written(image, format, exif=exif, **options)


def animated(format: str, frames: int = 3) -> bytes:
    pictures = [Image.fromarray(np.roll(colours(), shift, axis=0)) for shift in range(frames)]
    return written(pictures[0], format, save_all=True, append_images=pictures[1:])


def deep_png(values: np.ndarray) -> bytes:
    """A PNG of 16 bits a channel, which Pillow reads but does not write: grey, or red, green and blue."""
    height, width = values.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    head = struct.pack(">IIBBBBB", width, height, 16, 2 if values.ndim == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def bomb_png(side: int) -> bytes:
    """A head that promises a square, and little behind it."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(b"\0")) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check
