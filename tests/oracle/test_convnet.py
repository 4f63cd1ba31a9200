"""Residual networks against the slow loops: every cell, every gradient; and as large as their paper says."""

from functools import partial

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from saccade.encoders import ConvNet
from saccade.gates import BLOCK_GATES

from . import counting, images_parameters
from .comparing import assert_same, draw, trained

BATCH = 3
GATES = [None, *BLOCK_GATES]


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("training", [True, False], ids=["training", "after"])
def test_small_network_is_the_papers(gate: str | None, training: bool):
    # A hidden unit that is on for all images has a bias that the normalisation after it takes away: there are many.
    options = {"reduction": 1} if gate == "bottleneck" else {}
    encoder = ConvNet(depth=8, width=7, gate=None if gate is None else partial(BLOCK_GATES[gate], **options))
    assert_network_is_the_papers(encoder, training, height=7, width=5)


@pytest.mark.parametrize(("depth", "training"), [(18, False), (18, True), (50, False)])
def test_large_network_is_the_papers(depth: int, training: bool):
    assert_network_is_the_papers(ConvNet(depth=depth, form="large", width=2), training, height=17, width=35)


def assert_network_is_the_papers(encoder: ConvNet, training: bool, height: int, width: int) -> None:
    # Some images are brighter than others, or what is seen on the mean of a channel would be nearly the same for all.
    examples, images = (draw(BATCH, 3, height, width, seed=n) + 2 * draw(BATCH, 3, 1, 1, seed=n) for n in range(2))
    trained(encoder, training, examples)
    images.requires_grad_()
    memory = encoder(images).memory
    assert memory.keys is memory.values
    assert_same(encoder, [memory.values], [images_parameters.read_with_convnet(encoder, images)], inputs=[images])


# --- sizes ------------------------------------------------------------------------------------------------------------


def with_labels(encoder: nn.Module, d_memory: int, labels: int) -> int:
    return sum(parameter.numel() for parameter in encoder.parameters()) + (d_memory + 1) * labels


@pytest.mark.parametrize(("depth", "millions"), [(20, 0.27), (32, 0.46), (56, 0.85), (110, 1.73)])
def test_small_network_is_as_large_as_in_the_paper(depth: int, millions: float):
    """Table 6 has 0.27, 0.46, 0.85 and 1.7 million."""
    with torch.device("meta"):
        encoder = ConvNet(depth=depth)
    assert with_labels(encoder, 64, labels=10) == counting.parameters(counting.small(depth)) + 65 * 10
    assert with_labels(encoder, 64, labels=10) / 1e6 == pytest.approx(millions, abs=0.005)
    assert_multiplications(encoder, counting.small(depth), side=32)


@pytest.mark.parametrize(("depth", "millions"), [(18, 11.69), (34, 21.80), (50, 25.56), (101, 44.55)])
def test_large_network_is_as_large_as_in_the_paper(depth: int, millions: float):
    with torch.device("meta"):
        encoder = ConvNet(depth=depth, form="large")
    width = 512 if depth < 50 else 2048
    assert with_labels(encoder, width, labels=1000) == counting.parameters(counting.large(depth)) + (width + 1) * 1000
    assert with_labels(encoder, width, labels=1000) / 1e6 == pytest.approx(millions, abs=0.005)
    assert_multiplications(encoder, counting.large(depth), side=224)


def test_the_papers_multiplications():
    """Table 1 has 1.8, 3.6, 3.8 and 7.6 thousand millions; the strides that are usual since cost more."""
    papers = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6}
    for depth, thousand_millions in papers.items():
        assert counting.multiplications(counting.large(depth, early=True)) / 1e9 == pytest.approx(
            thousand_millions, abs=0.07
        )
    assert counting.multiplications(counting.large(50)) / 1e9 == pytest.approx(4.09, abs=0.005)


def assert_multiplications(encoder: nn.Module, layers: list[counting.Layer], side: int) -> None:
    with FlopCounterMode(display=False) as counter:
        encoder(torch.empty(1, 3, side, side, device="meta"))
    assert counter.get_total_flops() == 2 * counting.multiplications(layers)
