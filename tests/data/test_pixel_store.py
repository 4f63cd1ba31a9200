"""Pixels on disk: there as long as they are looked at."""

from pathlib import Path

import numpy as np
import pytest

from saccade.data.pixel_store import PixelStore
from saccade.errors import StorageError


def test_images_come_back() -> None:
    images = np.random.default_rng(0).integers(0, 256, size=(11, 5, 7, 3), dtype=np.uint8)
    with PixelStore((5, 7, 3)) as store:
        for image in images:
            store.add(image[:, ::-1])
        pixels = store.pixels()
    np.testing.assert_array_equal(pixels, images[:, :, ::-1])
    with PixelStore((5, 7, 3)) as store:
        assert store.pixels().shape == (0, 5, 7, 3)


def test_no_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with PixelStore((1, 1, 1)) as store:
        store.add(np.zeros((1, 1, 1), np.uint8))
        pixels = store.pixels()
    assert list(tmp_path.iterdir()) == []
    assert pixels.shape == (1, 1, 1, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("r+b", buffering=0) as full:
        monkeypatch.setattr("tempfile.TemporaryFile", lambda prefix: full)
        with PixelStore((5, 7, 3)) as store, pytest.raises(StorageError, match=r"No space left.*TMPDIR"):
            store.add(np.zeros((5, 7, 3), np.uint8))
