"""The fast mean of each channel against PyTorch's own: values and gradients, in each number format and layout."""

import pytest
import torch
from torch.testing import assert_close

from saccade.gates.fused.channel_means import channel_means

FORMATS = pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last], ids=str)


@FORMATS
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16], ids=str)
def test_is_the_mean(dtype: torch.dtype, memory_format: torch.memory_format):
    torch.manual_seed(0)
    features = torch.randn(2, 11, 5, 7, dtype=torch.float64).to(dtype).contiguous(memory_format=memory_format)
    features.requires_grad_()
    means = channel_means(features)
    assert means.dtype == dtype
    assert_close(means, features.mean((2, 3)))
    (gradient,) = torch.autograd.grad(means.sum(), features)
    assert_close(gradient, torch.full_like(features, 1 / 35))


@FORMATS
def test_many_places_of_bfloat16_are_not_lost(memory_format: torch.memory_format):
    """Added up in bfloat16 itself, ones would come to no more than 256."""
    features = torch.ones(2, 3, 71, 73, dtype=torch.bfloat16).contiguous(memory_format=memory_format)
    assert_close(channel_means(features), torch.ones(2, 3, dtype=torch.bfloat16))


def test_large_numbers_of_float16_do_not_overflow():
    features = torch.full((1, 2, 19, 23), 6e4, dtype=torch.float16)
    assert_close(channel_means(features), torch.full((1, 2), 6e4, dtype=torch.float16))
