"""Pixels of any kind of number, as bytes."""

import numpy as np
import pytest

from saccade.data.pixel_values import as_bytes
from saccade.errors import DataError


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([0, 7, 255], np.uint8), [0, 7, 255]),
        (np.array([False, True]), [0, 255]),
        (np.array([0, 7, 255], np.int64), [0, 7, 255]),
        (np.array([0, 7, 255], np.uint16), [0, 7, 255]),
        (np.array([0, 256, 65_535], np.uint16), [0, 1, 255]),
        (np.array([0, 128, 65_535], np.int32), [0, 0, 255]),
        (np.array([0.0, 0.25, 1.0], np.float32), [0, 64, 255]),
        (np.array([0.0, 0.25, 1.0], np.float16), [0, 64, 255]),
        (np.array([0.0, 63.6, 255.0]), [0, 64, 255]),
        (np.empty(0, np.int64), []),
    ],
)
def test_values(values: np.ndarray, expected: list[int]) -> None:
    read = as_bytes(values, "a.npz")
    assert read.dtype == np.uint8
    assert read.tolist() == expected


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([0.5, np.nan, np.inf]), "2 of 3 pixels are NaN or infinite"),
        (np.array([-0.5, 1.0]), "pixels must be from 0 to 255, but go from -0.5 to 1"),
        (np.array([0.0, 300.0]), "pixels must be from 0 to 255, but go from 0 to 300"),
        (np.array([0, 70_000]), "pixels must be from 0 to 65535, but go from 0 to 70000"),
        (np.array([-1, 5]), "pixels must be from 0 to 65535, but go from -1 to 5"),
        (np.array([1j]), "pixels must be whole numbers or floats, but are complex128"),
    ],
)
def test_values_that_are_no_pixels(values: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=f"a.npz, image 3: {message}"):
        as_bytes(values, "a.npz, image 3")
