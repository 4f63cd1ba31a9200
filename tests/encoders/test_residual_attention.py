"""The residual attention network is as large as in the paper, and its masks come back to the size that was pooled."""

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from saccade.encoders import ResidualAttention
from saccade.errors import OptionError
from saccade.gates import ResidualMask
from saccade.recording import listening


@pytest.mark.parametrize(
    ("form", "modules", "labels", "millions", "tolerance"),
    [
        ("small", (2, 2, 2), 10, 1.9, 0.04),
        ("small", (6, 6, 6), 10, 5.1, 0.03),
        ("large", (1, 1, 1), 1000, 31.9, 0.005),
        ("large", (1, 2, 3), 1000, 51.3, 0.025),
    ],
)
def test_as_many_parameters_as_the_paper_says(
    form: str, modules: tuple[int, ...], labels: int, millions: float, tolerance: float
):
    with torch.device("meta"):
        encoder = ResidualAttention(form=form, modules=modules)  # pyright: ignore[reportArgumentType]
    count = sum(part.numel() for part in encoder.parameters()) + (encoder.d_memory + 1) * labels
    assert count == pytest.approx(millions * 1e6, rel=tolerance)


@pytest.mark.parametrize(("modules", "billions"), [((1, 1, 1), 6.2), ((1, 2, 3), 10.4)])
def test_as_many_multiplications_as_the_paper_says(modules: tuple[int, ...], billions: float):
    with torch.device("meta"), FlopCounterMode(display=False) as counter, torch.no_grad():
        ResidualAttention(form="large", modules=modules).eval()(torch.zeros(1, 3, 224, 224))
    assert counter.get_total_flops() / 2 == pytest.approx(billions * 1e9, rel=0.015)


@pytest.mark.parametrize(("form", "side", "last"), [("small", 32, 4), ("large", 224, 7)])
def test_every_mask_comes_down_to_the_same_few_places(form: str, side: int, last: int):
    with torch.device("meta"):
        encoder = ResidualAttention(form=form, width=8).eval()  # pyright: ignore[reportArgumentType]
        sizes = []
        for module in encoder.modules():
            if isinstance(module, ResidualMask):
                module.down[-1].register_forward_hook(lambda _, __, output: sizes.append(tuple(output.shape[2:])))
        encoder(torch.zeros(1, 3, side, side))
    assert sizes == [(last, last)] * 3


@pytest.mark.parametrize(("height", "width"), [(5, 7), (33, 31)])
@pytest.mark.parametrize("learning", ["residual", "naive"])
def test_masks_are_as_large_as_what_they_weigh(height: int, width: int, learning: str):
    encoder = ResidualAttention(width=8, modules=(1, 2, 1), learning=learning).eval()  # pyright: ignore[reportArgumentType]
    shapes = []
    with listening(lambda _, weights, __: shapes.append(tuple(weights.shape))), torch.no_grad():
        encoder(torch.randn(2, 3, height, width))
    half = (-(-height // 2), -(-width // 2))
    quarter = (-(-height // 4), -(-width // 4))
    assert shapes == [(2, 8, height, width), (2, 16, *half), (2, 16, *half), (2, 32, *quarter)]


@pytest.mark.parametrize("normalisation", ["mixed", "channel", "spatial"])
def test_options_reach_the_masks(normalisation: str):
    hard = normalisation == "mixed"
    encoder = ResidualAttention(width=8, normalisation=normalisation, hard=hard, keep=0.2, r=2)  # pyright: ignore[reportArgumentType]
    seen: list[torch.Tensor] = []
    with listening(lambda _, weights, __: seen.append(weights)), torch.no_grad():
        encoder(torch.randn(2, 3, 11, 13))
    masks = [module for module in encoder.modules() if isinstance(module, ResidualMask)]
    for mask, weights in zip(masks, seen, strict=True):
        units = mask.down[0]
        assert isinstance(units, nn.Sequential)
        assert len(units) == 2
        low, high = mask.range
        assert low == (-1.0 if normalisation == "channel" else 0.0)
        assert ((weights >= low) & (weights <= high)).all()
        assert not hard or set(weights.unique().tolist()) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"modules": (1, 2)}, r"`modules` must be 3 numbers from 1 on, one for each stage, but is \[1, 2\]"),
        ({"modules": (1, 0, 1)}, r"`modules` must be 3 numbers.*but is \[1, 0, 1\]"),
        ({"width": 10}, "`width` must be a multiple of 4.*but is 10. Take 8."),
        ({"t": 0}, "`t` must be at least 1, but is 0"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict, message: str):
    with pytest.raises(OptionError, match=message):
        ResidualAttention(**options)
