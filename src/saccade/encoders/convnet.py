"""Residual networks, with any gate in each unit."""

from typing import NamedTuple, final, get_args

import torch
from torch import nn

from saccade.checks import check_known, check_positive
from saccade.encoders.convolutional import Convolutional
from saccade.encoders.image_encoder import least_halved
from saccade.encoders.residual_unit import (
    Form,
    GateOfWidth,
    PaddedShortcut,
    ResidualUnit,
    basic,
    bottleneck,
    projected_shortcut,
    stem,
)
from saccade.errors import OptionError

# The units of each stage, by the depth of the network.
BASIC = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
BOTTLENECK = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}


class _Plan(NamedTuple):
    """What is built: the units of each stage, how often the stem halves, and how much wider a bottleneck ends."""

    units: tuple[int, ...]
    stem_halvings: int
    expansion: int


@final
class ConvNet(Convolutional):
    r"""Read images with a residual network; each cell of its last feature grid is a key and a value.

    Args:
        channels: Of the images.
        depth: Layers with weights, the labels' one counted: with `small` 6n + 2 (20, 32, 56, 110 …), with `large`
            18 or 34 (units of two 3×3 convolutions), 50 or 101 (bottlenecks).
        form: `small`: for images of about 32×32, three stages, the grid is a quarter as high and wide; `large`: for
            about 224×224, a stem of 7×7 and a max-pooling, four stages, a 32nd.
        width: Of the first stage, the next ones having twice as much each; None: 16 with `small`, 64 with `large`.
        gate: Makes the gate of each unit from its number of channels; None: a plain network.

    Raises:
        OptionError: A depth that there is not, or a width below 1.

    Example:
        >>> encoder = ConvNet(depth=8, width=5)
        >>> encoder(torch.zeros(2, 3, 33, 31)).memory.values.shape
        torch.Size([2, 72, 20])

    Source:
        He et al. 2016, arXiv:1512.03385, table 1 and section 4.2; option A (no parameters in shortcuts) with `small`,
        as there, and option B with `large`.

    Differs:
        A bottleneck has its stride in the 3×3 convolution, not in the first 1×1, as is usual since. No layer of labels:
        that is the classifier's. Parameters with three channels, without gates and labels: depth 20 0.27 M, 32 0.46 M,
        56 0.85 M, 110 1.73 M; 18 11.18 M, 34 21.28 M, 50 23.51 M, 101 42.50 M. Multiply-adds: at 32×32 depth 20 41 M;
        at 224×224 18 1.8 G, 50 4.1 G.
    """

    def __init__(
        self,
        channels: int = 3,
        *,
        depth: int = 20,
        form: Form = "small",
        width: int | None = None,
        gate: GateOfWidth | None = None,
    ) -> None:
        check_known("form", form, get_args(Form))
        units, stem_halvings, expansion = _plan(depth, form)
        width = {"small": 16, "large": 64}[form] if width is None else width
        check_positive(channels=channels, width=width)
        halvings = stem_halvings + len(units) - 1
        super().__init__(channels, width * expansion * 2 ** (len(units) - 1), least_halved(halvings), halvings)
        self.stem = stem(channels, width, form)
        self.stages = nn.Sequential()
        d_in = width
        for stage, count in enumerate(units):
            d_out = width * expansion * 2**stage
            strides = [1 if stage == 0 else 2] + [1] * (count - 1)
            for stride in strides:
                self.stages.append(_unit(d_in, d_out, stride, form, expansion, gate))
                d_in = d_out
        self.last = nn.Identity()
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]


def _plan(depth: int, form: Form) -> _Plan:
    if form == "small":
        if depth < 8 or depth % 6 != 2:
            near = max(8, 6 * round((depth - 2) / 6) + 2)
            raise OptionError(
                f"`depth` must be 6n + 2 with `form: small`, but is {depth}. Take {near}; 20, 32, 56 and 110 are usual."
            )
        return _Plan((depth // 6,) * 3, stem_halvings=0, expansion=1)
    if depth in BASIC:
        return _Plan(BASIC[depth], stem_halvings=2, expansion=1)
    if depth in BOTTLENECK:
        return _Plan(BOTTLENECK[depth], stem_halvings=2, expansion=4)
    allowed = ", ".join(map(str, [*BASIC, *BOTTLENECK]))
    raise OptionError(
        f"`depth` must be one of {allowed} with `form: large`, but is {depth}. Take one of them, or `form: small`."
    )


def _unit(d_in: int, d_out: int, stride: int, form: Form, expansion: int, gate: GateOfWidth | None) -> ResidualUnit:
    branch = (basic if expansion == 1 else bottleneck)(d_in, d_out, stride)
    same = d_in == d_out and stride == 1
    changing = PaddedShortcut if form == "small" else projected_shortcut
    shortcut = nn.Identity() if same else changing(d_in, d_out, stride)
    return ResidualUnit(branch, shortcut, None if gate is None else gate(d_out))
