"""The slow layers of images are PyTorch's: odd sizes, strides, dilations and groups, values and gradients."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.testing import assert_close

from .comparing import draw
from .grids import Convolution, Normalisation, Pooling, average, convolve, max_pool, maximum, normalise, resize


def assert_alike(ours: Callable[..., Tensor], theirs: Callable[..., Tensor], *inputs: Tensor):
    for tensor in inputs:
        tensor.requires_grad_()
    mine, expected = ours(*inputs), theirs(*inputs)
    assert_close(mine, expected)
    mixing = draw(*expected.shape, seed=1)
    gradients = (torch.autograd.grad((outputs * mixing).sum(), inputs) for outputs in (mine, expected))
    assert_close(*gradients)


@pytest.mark.parametrize(
    ("size", "stride", "padding", "dilation", "groups"),
    [(1, 1, 0, 1, 1), (1, 2, 0, 1, 1), (3, 1, 1, 1, 1), (3, 2, 1, 1, 3), (3, 1, 4, 4, 1), (5, 3, 2, 1, 1)],
)
def test_convolve(size: int, stride: int, padding: int, dilation: int, groups: int):
    assert_alike(
        lambda x, w, b: convolve(x, Convolution(w, b, stride, padding, dilation, groups)),
        lambda x, w, b: functional.conv2d(x, w, b, stride, padding, dilation, groups),
        draw(2, 3, 5, 7),
        draw(9, 3 // groups, size, size),
        draw(9),
    )


@pytest.mark.parametrize("training", [True, False])
def test_normalise(training: bool):
    mean, variance = draw(3), draw(3).abs() + 0.1
    assert_alike(
        lambda x, w, b: normalise(x, Normalisation(w, b) if training else Normalisation(w, b, mean, variance)),
        lambda x, w, b: functional.batch_norm(x, mean.clone(), variance.clone(), w, b, training),
        draw(2, 3, 5, 7),
        draw(3, seed=2),
        draw(3, seed=3),
    )


@pytest.mark.parametrize("pooling", [Pooling(2, 2), Pooling(3, 2, 1), Pooling(3, 1, 1)])
def test_max_pool(pooling: Pooling):
    assert_alike(lambda x: max_pool(x, pooling), nn.MaxPool2d(*pooling), draw(2, 3, 5, 7))


@pytest.mark.parametrize("size", [(5, 7), (7, 13), (11, 14), (1, 1)])
@pytest.mark.parametrize("corners", [True, False])
def test_resize(size: tuple[int, int], corners: bool):
    theirs = nn.Upsample(size, mode="bilinear", align_corners=corners)
    assert_alike(lambda x: resize(x, *size, corners=corners), theirs, draw(2, 3, 5, 7))


def test_average_and_maximum():
    assert_alike(average, lambda x: x.mean(dim=(2, 3)), draw(2, 3, 5, 7))
    assert_alike(maximum, lambda x: x.amax(dim=(2, 3)), draw(2, 3, 5, 7))
