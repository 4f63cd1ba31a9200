"""Residual networks are as large as in the paper, and gates stand in each unit."""

import pytest
import torch
from torch import Tensor, nn

from saccade.encoders import ConvNet
from saccade.encoders.residual_unit import PaddedShortcut, ResidualUnit
from saccade.errors import OptionError
from saccade.gates import BLOCK_GATES, Channel
from saccade.recording import listening


def parameters(module: nn.Module) -> int:
    return sum(part.numel() for part in module.parameters())


@pytest.mark.parametrize(
    ("form", "depth", "units", "count"),
    [
        ("small", 20, 9, 269_072),
        ("small", 110, 54, 1_727_312),
        ("large", 18, 8, 11_176_512),
        ("large", 34, 16, 21_284_672),
        ("large", 50, 16, 23_508_032),
        ("large", 101, 33, 42_500_160),
    ],
)
def test_size_of_the_known_networks(form: str, depth: int, units: int, count: int):
    with torch.device("meta"):
        encoder = ConvNet(depth=depth, form=form)  # pyright: ignore[reportArgumentType]
    assert len(encoder.stages) == units
    assert parameters(encoder) == count


@pytest.mark.parametrize(
    ("form", "depth", "message"),
    [
        ("small", 21, "`depth` must be 6n \\+ 2 with `form: small`, but is 21. Take 20;"),
        ("small", 2, "`depth` must be 6n \\+ 2 with `form: small`, but is 2. Take 8;"),
        ("large", 20, "`depth` must be one of 18, 34, 50, 101 with `form: large`, but is 20."),
    ],
)
def test_other_depths_are_refused(form: str, depth: int, message: str):
    with pytest.raises(OptionError, match=message):
        ConvNet(depth=depth, form=form)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kind", BLOCK_GATES)
def test_each_unit_has_its_gate_and_shows_its_map(kind: str):
    encoder = ConvNet(depth=8, width=5, gate=BLOCK_GATES[kind]).eval()
    seen = []
    with listening(lambda module, weights, _: seen.append((module, tuple(weights.shape)))), torch.no_grad():
        encoder(torch.zeros(2, 3, 33, 31))
    gates = [stage.gate for stage in encoder.stages if isinstance(stage, ResidualUnit)]
    assert [module for module, _ in seen if module in gates] == gates
    # The features of the last unit are 9 rows of 8.
    assert set(seen[-1][1]) <= {1, 2, 20, 9, 8}


def test_a_gate_weighs_the_branch_and_not_the_shortcut():
    gate = Channel(4).double()
    branch = nn.Conv2d(4, 4, 1).double()
    x = torch.randn(2, 4, 5, 7, dtype=torch.float64)
    features = branch(x)
    expected = torch.relu(features * gate.map(features) + x)
    torch.testing.assert_close(ResidualUnit(branch, nn.Identity(), gate)(x), expected)


def test_a_shortcut_without_parameters_takes_every_second_place():
    x = torch.arange(2 * 3 * 5 * 7, dtype=torch.float64).reshape(2, 3, 5, 7)
    short = PaddedShortcut(3, 11, 2)(x)
    torch.testing.assert_close(short[:, :3], x[:, :, ::2, ::2])
    torch.testing.assert_close(short[:, 3:], torch.zeros(2, 8, 3, 4, dtype=torch.float64))


@pytest.mark.parametrize("form", ["small", "large"])
def test_channels_stay_last_all_the_way(form: str):
    encoder = ConvNet(depth=8 if form == "small" else 18, width=3, form=form)  # pyright: ignore[reportArgumentType]
    torn: list[str] = []

    def look(name: str):
        def hook(_: nn.Module, __: object, output: Tensor) -> None:
            if not output.is_contiguous(memory_format=torch.channels_last):
                torn.append(name)

        return hook

    for name, module in encoder.named_modules():
        if name:
            module.register_forward_hook(look(name))
    memory = encoder(torch.randn(2, 3, 65, 63)).memory
    assert torn == []
    assert memory.values.is_contiguous()
