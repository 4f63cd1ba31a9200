"""Every gate against the slow loops: its map, what it weighs, every gradient; odd sizes, in training and after."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.gates import BLOCK_GATES, Gate, Pyramid, Scale, at_one_size
from saccade.gates.efficient_channel import adaptive_size
from saccade.gates.hard import PENALTY
from saccade.recording import listening

from . import gates, images_parameters
from .comparing import assert_same, draw, shake, trained
from .grids import resize

BATCH, CHANNELS = 3, 10
SIZES = [pytest.param((5, 7), id="5x7"), pytest.param((1, 2), id="1x2"), pytest.param((11, 3), id="11x3")]
WEIGHING = [name for name in BLOCK_GATES if name != "scale"]
"""Those that weigh the features as they are."""
KEEP = 0.3
OPTIONS = {
    "channel": {"reduction": 2},
    "channel-then-spatial": {"reduction": 2},
    "bottleneck": {"reduction": 1, "dilation": 2},
}


def build(name: str, training: bool = True, **options: object) -> Gate:
    gate = BLOCK_GATES[name](CHANNELS, **OPTIONS.get(name, {}), **options)
    return trained(gate, training, draw(BATCH, CHANNELS, 7, 5, seed=3))


def inputs(height: int, width: int, count: int) -> list[Tensor]:
    return [draw(BATCH, CHANNELS, height, width, seed=seed).requires_grad_() for seed in range(count)]


def map_by_oracle(gate: Gate, source: Tensor) -> Tensor:
    """Make the map as the gate promises it, broadcastable to its features."""
    if isinstance(gate, Scale):
        weights = images_parameters.weights_of(gate, images_parameters.branches_of(gate, source))
        return torch.stack(weights, dim=1)
    return images_parameters.map_of(gate, source)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("training", [True, False], ids=["training", "after"])
@pytest.mark.parametrize("name", BLOCK_GATES)
def test_gate_is_the_papers(name: str, training: bool, size: tuple[int, int]):
    gate = build(name, training)
    (features,) = inputs(*size, count=1)
    ours = [gate(features), gate.map(features)]
    theirs = [images_parameters.weigh(gate, features), map_by_oracle(gate, features)]
    assert_same(gate, ours, theirs, inputs=[features])


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last], ids=["first", "last"])
@pytest.mark.parametrize("name", BLOCK_GATES)
def test_the_output_alone_has_the_papers_gradients(name: str, layout: torch.memory_format):
    """Where the map is not asked for, some gates go another way, with fewer passes, by how channels lie in memory."""
    gate = build(name)
    features, shortcut = (x.detach().contiguous(memory_format=layout).requires_grad_() for x in inputs(5, 7, count=2))
    assert_same(gate, [gate(features)], [images_parameters.weigh(gate, features)], inputs=[features])
    total = images_parameters.weigh(gate, features) + shortcut
    assert_same(gate, [gate.add(features, shortcut)], [total], inputs=[features, shortcut])


@pytest.mark.parametrize("name", BLOCK_GATES)
def test_gate_of_a_source_is_the_papers(name: str):
    gate = build(name)
    features, source = inputs(5, 7, count=2)
    theirs = images_parameters.weigh(gate, features, source)
    assert_same(gate, [gate(features, source)], [theirs], inputs=[features, source])


@pytest.mark.parametrize("name", BLOCK_GATES)
def test_what_is_shown_is_the_papers_map(name: str):
    gate = build(name)
    (features,) = inputs(5, 7, count=1)
    shown: dict[nn.Module, Tensor] = {}
    with listening(lambda module, map_, _: shown.__setitem__(module, map_)):
        output = gate(features)
    theirs = [images_parameters.weigh(gate, features), map_by_oracle(gate, features)]
    assert_same(gate, [output, shown[gate]], theirs, inputs=[features])


@pytest.mark.parametrize("training", [True, False], ids=["training", "after"])
@pytest.mark.parametrize("name", WEIGHING)
def test_hard_gate_is_the_papers(name: str, training: bool):
    """The way back is the sigmoid's; in training the distance from the fraction to keep pulls, too, for each image."""
    gate = build(name, training, hard=True, keep=KEEP)
    # The channels of an image differ in their means, and no bias decides alone, so that some are kept and others not.
    features = (draw(BATCH, CHANNELS, 5, 7) + 3 * draw(BATCH, CHANNELS, 1, 1)).requires_grad_()
    with torch.no_grad():
        for parameter_name, parameter in gate.named_parameters():
            parameter.mul_(0.1 if "bias" in parameter_name else 1.0)
    maps: list[Tensor] = []

    def choose(numbers: Tensor) -> Tensor:
        maps.append(gates.hard(numbers))
        return maps[-1]

    theirs = images_parameters.weigh(gate, features, choose=choose)
    keep = KEEP if len(maps) == 1 else KEEP**0.5
    pull = BATCH * PENALTY * torch.stack([gates.distance(map_, keep) for map_ in maps]).sum()
    assert_same(gate, [gate(features)], [theirs], inputs=[features], besides=pull if training else 0.0)
    assert all(0 < map_.mean() < 1 for map_ in maps), "nothing is chosen here"


def test_efficient_channel_looks_as_far_as_the_paper_says():
    numbers = range(1, 3000)
    assert [adaptive_size(c) for c in numbers] == [gates.efficient_channel_kernel(c) for c in numbers]


@pytest.mark.parametrize("channels", [16, 256, 512, 1024, 2048])
def test_scale_squeezes_as_far_as_the_paper_says(channels: int):
    with torch.device("meta"):
        assert Scale(channels).squeeze[0].out_features == gates.width_of_scale(channels)


# --- a pyramid of image sizes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scales", [2, 3])
def test_pyramid_is_the_papers(scales: int, size: tuple[int, int]):
    gate = shake(Pyramid(CHANNELS, scales=scales, hidden=5))
    pyramid = draw(BATCH, scales, CHANNELS, *size).requires_grad_()
    weights = images_parameters.pyramid_weights_of(gate, pyramid)
    theirs = [gates.mix(pyramid.unbind(1), weights), torch.stack(weights, dim=1)]
    assert_same(gate, [gate(pyramid), gate.map(pyramid)], theirs, inputs=[pyramid])


def test_pyramid_of_a_source_is_the_papers():
    gate = shake(Pyramid(CHANNELS, scales=2, hidden=5, d_source=3))
    scores, source = draw(BATCH, 2, CHANNELS, 5, 7).requires_grad_(), draw(BATCH, 2, 3, 5, 7).requires_grad_()
    theirs = gates.mix(scores.unbind(1), images_parameters.pyramid_weights_of(gate, source))
    assert_same(gate, [gate(scores, source)], [theirs], inputs=[scores, source])


def test_pyramids_are_resized_between_corners():
    sizes = [(11, 7), (6, 4), (1, 3)]
    images = [draw(2, 3, *size) for size in sizes]
    theirs: Callable[[Tensor], Tensor] = lambda x: resize(x, 11, 7, corners=True)  # noqa: E731
    assert_close(at_one_size(images), torch.stack([theirs(image) for image in images], dim=1))
