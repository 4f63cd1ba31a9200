"""A recipe of images, and a run of it."""

from pathlib import Path

import pytest
from tests.run.image_to_label.tiny_images import write_tiny_images


@pytest.fixture
def image_recipe(tmp_path: Path) -> Path:
    """A recipe of one's own, with its data beside it."""
    return write_tiny_images(tmp_path / "own-images")


@pytest.fixture(scope="session")
def image_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the tiny recipe of images; to be read, not changed."""
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-images")
    return train(write_tiny_images(folder), folder / "run").path
