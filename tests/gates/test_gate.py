"""What gates refuse, each with a sentence."""

import pytest
import torch

from saccade.checks import check_known
from saccade.errors import DataError, OptionError
from saccade.gates import BLOCK_GATES, Bottleneck, Channel, EfficientChannel, Scale, Spatial


@pytest.mark.parametrize("name", BLOCK_GATES)
def test_no_channels(name: str):
    with pytest.raises(OptionError, match="`channels` must be at least 1, but is 0"):
        BLOCK_GATES[name](0)


def test_no_hidden_unit():
    with pytest.raises(OptionError, match="`reduction` must be at least 1, but is -2"):
        Channel(8, reduction=-2)


@pytest.mark.parametrize(("gate", "size", "near"), [(Spatial, 4, 5), (EfficientChannel, 2, 3), (Spatial, -3, 1)])
def test_a_window_without_a_middle(gate: type[Spatial] | type[EfficientChannel], size: int, near: int):
    with pytest.raises(OptionError, match=rf"`kernel_size` must be odd.*but is {size}\. Try {near}\."):
        gate(8, kernel_size=size)


@pytest.mark.parametrize("gate", [Bottleneck, Scale])
def test_learning_from_one_image(gate: type[Bottleneck] | type[Scale]):
    with pytest.raises(DataError, match=f"A {gate.__name__} gate normalises over the images.* but got 1"):
        gate(5)(torch.zeros(1, 5, 3, 2))
    gate(5).eval()(torch.zeros(1, 5, 3, 2))


def test_a_kind_that_does_not_exist():
    with pytest.raises(OptionError, match=r"`learning` is 'residul', which is not known\. Did you mean `residual`"):
        check_known("learning", "residul", ("naive", "residual"))
