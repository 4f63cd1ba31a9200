"""Pixels of any kind of number, as bytes."""

from typing import Final

import numpy as np
from jaxtyping import Shaped, UInt8

from saccade.errors import DataError

_BYTE: Final = 255
_TWO_BYTES: Final = 65_535


def as_bytes(values: Shaped[np.ndarray, "*shape"], name: str, most: float | None = None) -> UInt8[np.ndarray, "*shape"]:
    """Pixels as bytes from 0, black, to 255, white.

    Bytes stay as they are. Other whole numbers go up to 255, or, if one is above that, up to 65,535; floats go up to 1,
    or, if one is above that, up to 255.

    Args:
        values: The pixels.
        name: What they are called in messages.
        most: The largest value of all images that belong together; without it, that of these pixels.

    Raises:
        DataError: Values that are not finite, below 0, or above what is said.

    Example:
        >>> as_bytes(np.array([0, 300, 65_535], np.uint16), "a.png"), as_bytes(np.array([0.0, 0.5, 1.0]), "a.npz")
        (array([  0,   1, 255], dtype=uint8), array([  0, 128, 255], dtype=uint8))
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype == bool:
        return values.astype(np.uint8) * _BYTE
    whole = np.issubdtype(values.dtype, np.integer)
    if not whole and not np.issubdtype(values.dtype, np.floating):
        raise DataError(f"{name}: pixels must be whole numbers or floats, but are {values.dtype}.")
    bad = 0 if whole else int(np.count_nonzero(~np.isfinite(values)))
    if bad:
        raise DataError(f"{name}: {bad:,} of {values.size:,} pixels are NaN or infinite. Mend it, or leave it out.")
    least, highest = values.min(initial=0), values.max(initial=0)
    top = _TWO_BYTES if whole else _BYTE
    if least < 0 or highest > top:
        raise DataError(f"{name}: pixels must be from 0 to {top}, but go from {least:g} to {highest:g}.")
    reach = highest if most is None else most
    scale = _BYTE / _TWO_BYTES if whole and reach > _BYTE else _BYTE if not whole and reach <= 1 else 1
    return np.floor(values * scale + 0.5).astype(np.uint8)
