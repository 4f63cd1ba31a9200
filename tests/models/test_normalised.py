"""Normalising: from bytes and from floats alike."""

import pytest
import torch
from torch.testing import assert_close

from saccade.errors import OptionError
from saccade.models.normalised import check_channels, normalised


def test_bytes_and_floats_alike() -> None:
    images = torch.randint(0, 256, (2, 3, 5, 7), dtype=torch.uint8)
    mean, std = torch.tensor([0.2, 0.5, 0.7]), torch.tensor([0.1, 0.2, 0.3])
    expected = (images.float() / 255 - mean[:, None, None]) / std[:, None, None]
    assert_close(normalised(images, mean, std), expected)
    assert_close(normalised(images.float() / 255, mean, std), expected)


@pytest.mark.parametrize(
    ("mean", "std", "message"),
    [
        ([0.5], [0.2, 0.2], "`mean` must have a number for each of the 2 channels"),
        ([0.5, 0.5], [0.2], "`std` must have a number for each of the 2 channels"),
        ([0.5, 0.5], [0.2, 0.0], "`std` must be positive"),
    ],
)
def test_numbers_that_do_not_fit(mean: list[float], std: list[float], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        check_channels(2, mean, std)
