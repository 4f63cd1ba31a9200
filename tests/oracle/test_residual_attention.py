"""Mask branches and the residual attention network against the slow loops; and as large as the paper says."""

import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from saccade.encoders import ResidualAttention
from saccade.encoders.residual_unit import PreActivatedUnit
from saccade.gates import ResidualMask
from saccade.gates.hard import PENALTY

from . import counting, gates, images_parameters, residual_attention
from .comparing import assert_same, draw, trained

BATCH, CHANNELS = 3, 12
LEARNING = ["residual", "naive"]
NORMALISATIONS = ["mixed", "channel", "spatial"]


def mask_gate(training: bool = True, steps: int = 2, **options: object) -> ResidualMask:
    def unit(channels: int) -> PreActivatedUnit:
        return PreActivatedUnit(channels, channels)

    gate = ResidualMask(CHANNELS, unit=unit, steps=steps, **options)
    return trained(gate, training, *trunk_and_source(9, 7, seed=2))


def trunk_and_source(height: int, width: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    trunk, source = (draw(BATCH, CHANNELS, height, width, seed=seed + n).requires_grad_() for n in range(2))
    return trunk, source


@pytest.mark.parametrize("learning", LEARNING)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("training", [True, False], ids=["training", "after"])
def test_mask_is_the_papers(learning: str, normalisation: str, training: bool):
    gate = mask_gate(training, learning=learning, normalisation=normalisation)
    trunk, source = trunk_and_source(5, 7)
    normalise = images_parameters.normalisation(normalisation)
    branch = images_parameters.of_mask(gate)
    theirs = [
        residual_attention.gate(trunk, source, branch, learning, normalise),
        normalise(residual_attention.mask_logits(source, branch)),
    ]
    assert_same(gate, [gate(trunk, source), gate.map(source)], theirs, inputs=[trunk, source])


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("r", [1, 2])
@pytest.mark.parametrize("size", [(8, 4), (9, 6), (3, 5)])
def test_mask_of_any_depth_and_size(steps: int, r: int, size: tuple[int, int]):
    gate = mask_gate(training=False, steps=steps, r=r)
    trunk, source = trunk_and_source(*size)
    mixed = images_parameters.normalisation("mixed")
    theirs = residual_attention.gate(trunk, source, images_parameters.of_mask(gate), "residual", mixed)
    assert_same(gate, [gate(trunk, source)], [theirs], inputs=[trunk, source])


@pytest.mark.parametrize("training", [True, False], ids=["training", "after"])
def test_hard_mask_is_the_papers(training: bool):
    gate = mask_gate(training, hard=True, keep=0.3)
    trunk, source = trunk_and_source(5, 7)
    map_ = gates.hard(residual_attention.mask_logits(source, images_parameters.of_mask(gate)))
    theirs = gates.weigh_residually(trunk, map_)
    pull = BATCH * PENALTY * gates.distance(map_, 0.3) if training else 0.0
    assert_same(gate, [gate(trunk, source)], [theirs], inputs=[trunk, source], besides=pull)
    assert 0 < map_.mean() < 1


@pytest.mark.parametrize("training", [True, False], ids=["training", "after"])
def test_small_network_is_the_papers(training: bool):
    assert_network_is_the_papers(ResidualAttention(width=8), training, height=7, width=5)


@pytest.mark.parametrize(
    ("learning", "normalisation", "size"), [("naive", "mixed", (5, 6)), ("residual", "spatial", (9, 10))]
)
def test_variants_of_a_network_are_the_papers(learning: str, normalisation: str, size: tuple[int, int]):
    """A mask that is pooled to one place is the same everywhere, so that `spatial` would have no gradient."""
    encoder = ResidualAttention(
        width=8, modules=(1, 2, 1), p=2, t=1, r=2, learning=learning, normalisation=normalisation
    )
    assert_network_is_the_papers(encoder, False, *size, learning, normalisation)


def test_large_network_is_the_papers():
    assert_network_is_the_papers(ResidualAttention(width=8, form="large"), training=False, height=17, width=19)


def assert_network_is_the_papers(
    encoder: ResidualAttention,
    training: bool,
    height: int,
    width: int,
    learning: str = "residual",
    normalisation: str = "mixed",
) -> None:
    trained(encoder, training, draw(BATCH, 3, height, width))
    images = draw(BATCH, 3, height, width, seed=1).requires_grad_()
    theirs = images_parameters.read_with_residual_attention(encoder, images, learning, normalisation)
    assert_same(encoder, [encoder(images).memory.values], [theirs], inputs=[images])


# --- sizes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("modules", "depth", "millions", "within"), [(1, 56, 1.15, 0.01), (2, 92, 1.9, 0.04), (6, 236, 5.1, 0.03)]
)
def test_small_network_is_as_large_as_in_the_paper(modules: int, depth: int, millions: float, within: float):
    plan = counting.small_attention(modules)
    with torch.device("meta"):
        encoder = ResidualAttention(modules=(modules,) * 3)
    assert_as_large(encoder, plan, side=32, labels=10)
    assert plan.depth == depth == 9 * modules * (2 * 1 + 2) + 20
    assert total(encoder, labels=10) / 1e6 == pytest.approx(millions, rel=within)


@pytest.mark.parametrize(
    ("modules", "depth", "millions", "thousand_millions"),
    [((1, 1, 1), 56, 31.9, 6.2), ((1, 2, 3), 92, 51.3, 10.4)],
)
def test_large_network_is_as_large_as_in_the_paper(
    modules: tuple[int, int, int], depth: int, millions: float, thousand_millions: float
):
    """Table 2, parameters and multiplications."""
    plan = counting.large_attention(modules)
    with torch.device("meta"):
        encoder = ResidualAttention(form="large", modules=modules)
    assert_as_large(encoder, plan, side=224, labels=1000)
    assert plan.depth == depth
    assert total(encoder, labels=1000) / 1e6 == pytest.approx(millions, rel=0.03)
    multiplications = counting.multiplications(counting.attention(plan, 224))
    assert multiplications / 1e9 == pytest.approx(thousand_millions, rel=0.02)


@pytest.mark.parametrize(("p", "t", "r"), [(2, 1, 1), (1, 3, 1), (1, 2, 2)])
def test_any_plan_is_as_large_as_counted(p: int, t: int, r: int):
    plan = counting.Attention(stem=4, widths=(16, 32, 64), last=64, modules=(1, 2, 1), p=p, t=t, r=r)
    with torch.device("meta"):
        encoder = ResidualAttention(width=16, modules=plan.modules, p=p, t=t, r=r)
    assert_as_large(encoder, plan, side=32, labels=10)


def total(encoder: ResidualAttention, labels: int) -> int:
    return sum(parameter.numel() for parameter in encoder.parameters()) + (encoder.d_memory + 1) * labels


def assert_as_large(encoder: ResidualAttention, plan: counting.Attention, side: int, labels: int) -> None:
    layers = counting.attention(plan, side)
    assert total(encoder, labels) == counting.parameters(layers) + (plan.last + 1) * labels
    if plan.depth > 100:  # Counting takes seconds, and there is nothing in a deeper network that is not in these.
        return
    with FlopCounterMode(display=False) as counter:
        encoder(torch.empty(1, 3, side, side, device="meta"))
    assert counter.get_total_flops() == 2 * counting.multiplications(layers)
