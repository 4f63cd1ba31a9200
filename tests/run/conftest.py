"""A recipe of images and one of texts with labels, and a run of each."""

from pathlib import Path

import pytest
from tests.run.image_to_label.tiny_images import write_tiny_images
from tests.run.text_to_label.tiny_labels import write_tiny_labels


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


@pytest.fixture
def label_recipe(tmp_path: Path) -> Path:
    """A recipe of one's own, with its data beside it."""
    return write_tiny_labels(tmp_path / "own-labels")


@pytest.fixture(scope="session")
def label_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the tiny recipe of texts with labels; to be read, not changed."""
    from saccade.run.train import train

    folder = tmp_path_factory.mktemp("tiny-labels")
    return train(write_tiny_labels(folder), folder / "run").path
