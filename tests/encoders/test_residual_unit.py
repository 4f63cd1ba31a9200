"""What residual units are made of: a shortcut with a stride, safe on every processor."""

import os
import subprocess
import sys

import pytest
import torch
from torch.nn import functional as F

from saccade.encoders.image_encoder import channels_last
from saccade.encoders.residual_unit import convolution


@pytest.mark.parametrize(("stride", "size"), [(2, (11, 8)), (3, (11, 8)), (5, (3, 2))])
def test_a_thinned_convolution_is_one_with_a_stride(stride: int, size: tuple[int, int]):
    layer = convolution(7, 13, 1, stride).double()
    images = channels_last(torch.randn(2, 7, *size, dtype=torch.float64)).requires_grad_()
    output, expected = layer(images), F.conv2d(images, layer.weight, stride=stride)
    torch.testing.assert_close(output, expected)
    weighing = torch.randn_like(expected)
    parts = (layer.weight, images)
    ours = torch.autograd.grad((output * weighing).sum(), parts)
    theirs = torch.autograd.grad((expected * weighing).sum(), parts)
    torch.testing.assert_close(ours, theirs)


def test_few_channels_are_trained_without_avx512():
    """With a convolution's own stride, this ends by a signal: oneDNN's issue 6035."""
    code = """
import torch
from saccade.encoders.residual_unit import projected_shortcut
images = torch.ones(2, 4, 32, 64).contiguous(memory_format=torch.channels_last)
shortcut = projected_shortcut(4, 16, 2).to(memory_format=torch.channels_last)
for _ in range(5):
    shortcut(images).sum().backward()
"""
    environment = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
