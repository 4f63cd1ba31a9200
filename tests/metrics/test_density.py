"""How much maps let through, on maps made by hand."""

import numpy as np
import pytest
from torch.testing import assert_close

from saccade.errors import DataError
from saccade.metrics import amounts, density


def test_the_mean_and_what_is_not_zero_of_each_map() -> None:
    maps = np.zeros((3, 2, 5, 7), np.float32)
    maps[1] = 0.25
    maps[2, :, :, 0] = -1.0  # what is taken away is let through, too
    assert_close(amounts(maps), np.array([[0.0, 0.0], [0.25, 100.0], [-1 / 7, 100 / 7]]))


def test_of_a_hard_map_both_figures_say_the_same() -> None:
    maps = (np.random.default_rng(3).random((11, 5, 7)) < 0.3).astype(np.float32)
    found = density([amounts(maps[:4]), amounts(maps[4:])])
    assert found.images == 11
    assert_close(found.kept.score, 100 * float(maps.mean()))
    assert_close(100 * found.mean.score, found.kept.score)
    assert found.kept.low < found.kept.score < found.kept.high


def test_no_map_and_no_number_are_refused() -> None:
    with pytest.raises(DataError, match=r"at least one image, but there is none"):
        density([])
    with pytest.raises(DataError, match=r"finite numbers"):
        density([amounts(np.full((2, 3), np.nan))])
