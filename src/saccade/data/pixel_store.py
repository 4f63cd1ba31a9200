"""Pixels that are written to disk one image after the other, and read from there."""

import tempfile
from typing import final

import numpy as np
from jaxtyping import UInt8

from saccade.errors import StorageError


@final
class PixelStore:
    """A file without a name, of images of one shape; it goes with the last array that reads it.

    Raises:
        StorageError: No room in the system's folder for temporary files.

    Example:
        >>> with PixelStore((2, 3, 1)) as store:
        ...     store.add(np.full((2, 3, 1), 7, np.uint8))
        ...     pixels = store.pixels()
        >>> pixels.shape, int(pixels.sum())
        ((1, 2, 3, 1), 42)
    """

    def __init__(self, shape: tuple[int, int, int]) -> None:
        self._shape = shape
        self._file = tempfile.TemporaryFile(prefix="saccade-")  # noqa: SIM115  closed on leaving
        self._count = 0

    def __enter__(self) -> "PixelStore":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, image: UInt8[np.ndarray, "height width channel"]) -> None:
        """Write an image behind the others."""
        self._write(np.ascontiguousarray(image).data)
        self._count += 1

    def pixels(self) -> UInt8[np.ndarray, "image height width channel"]:
        """All images, memory-mapped: the system holds in memory what there is room for."""
        self._write(None)
        if not self._count:
            return np.empty((0, *self._shape), dtype=np.uint8)
        return np.memmap(self._file, dtype=np.uint8, mode="r", shape=(self._count, *self._shape))

    def _write(self, content: memoryview | None) -> None:
        try:
            if content is None:
                self._file.flush()
            else:
                self._file.write(content)
        except OSError as error:
            raise StorageError(
                f"{tempfile.gettempdir()}: a temporary file could not be written ({error.strerror or error}). "
                "Make room, or set TMPDIR to a folder that has it."
            ) from error
