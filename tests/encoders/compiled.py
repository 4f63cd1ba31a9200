"""Compares image encoders with their compiled form, forward and backward. Run as a program, by test_compiled.py."""

import sys
import warnings

import torch
from tests.encoders.test_image_encoders import images, make
from torch import Tensor
from torch.testing import assert_close

from saccade.encoders import ImageEncoder

CASES = ["convnet-gated", "patches-class-token"]


def with_gradients(read, encoder: ImageEncoder) -> tuple[Tensor, ...]:
    values = read(images(11, 13).double()).memory.values
    return values, *torch.autograd.grad(values.sin().sum(), list(encoder.parameters()), allow_unused=True)


def compare(case: str) -> None:
    encoder = make(case).double()
    compiled = torch.compile(encoder, backend="aot_eager", fullgraph=True)
    assert_close(with_gradients(compiled, encoder), with_gradients(encoder, encoder))


if __name__ == "__main__":
    warnings.simplefilter("error")
    for case in CASES:
        compare(case)
    sys.stdout.write(f"{len(CASES)} agree")
