"""Residual units: what a stage of a ResNet is built of."""

from collections.abc import Callable
from typing import Literal, final

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from saccade.encoders.image_encoder import channels_last
from saccade.gates import Gate

Form = Literal["small", "large"]
"""For images of about 32×32, or of about 224×224."""

GateOfWidth = Callable[[int], Gate]
"""Makes a gate for so many channels."""


def convolution(d_in: int, d_out: int, size: int, stride: int = 1) -> nn.Conv2d:
    """Make a convolution that keeps the size of its input, or divides it by the stride; no bias, since BN follows.

    Source:
        He et al. 2015, arXiv:1502.01852, equation 14, for the first weights.
    """
    if size == 1 and stride > 1:
        layer = ThinnedConvolution(d_in, d_out, stride)
    else:
        layer = nn.Conv2d(d_in, d_out, size, stride, padding=size // 2, bias=False)
    nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return layer


@final
class ThinnedConvolution(nn.Conv2d):
    """Make a 1×1 convolution of each `stride`-th place: the same as one with a stride, but it takes the places first.

    With the stride its own, oneDNN's backward pass writes beyond its memory where there are fewer than 8 channels, side
    by side, on a processor without AVX-512: https://github.com/uxlfoundation/oneDNN/issues/6035.
    """

    def __init__(self, d_in: int, d_out: int, stride: int) -> None:
        super().__init__(d_in, d_out, 1, stride, bias=False)

    def forward(self, input: Float[Tensor, "batch d_in height width"]) -> Float[Tensor, "batch d_out row column"]:
        down, right = self.stride
        return F.conv2d(channels_last(input[:, :, ::down, ::right]), self.weight)


def stem(channels: int, width: int, form: Form) -> nn.Sequential:
    """Make the first layers: a 3×3 convolution, or one of 7×7 and a max-pooling that halve twice together."""
    if form == "small":
        return nn.Sequential(convolution(channels, width, 3), *activation(width))
    return nn.Sequential(convolution(channels, width, 7, 2), *activation(width), nn.MaxPool2d(3, 2, padding=1))


def activation(width: int) -> nn.Sequential:
    """Make a BN and a ReLU."""
    return nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(inplace=True))


def basic(d_in: int, d_out: int, stride: int) -> nn.Sequential:
    """Make the branch of two 3×3 convolutions."""
    return nn.Sequential(
        convolution(d_in, d_out, 3, stride),
        *activation(d_out),
        convolution(d_out, d_out, 3),
        nn.BatchNorm2d(d_out),
    )


def bottleneck(d_in: int, d_out: int, stride: int) -> nn.Sequential:
    """Make the branch that narrows to a quarter, looks around, and widens again; the 3×3 convolution has the stride."""
    narrow = d_out // 4
    return nn.Sequential(
        convolution(d_in, narrow, 1),
        *activation(narrow),
        convolution(narrow, narrow, 3, stride),
        *activation(narrow),
        convolution(narrow, d_out, 1),
        nn.BatchNorm2d(d_out),
    )


@final
class ResidualUnit(nn.Module):
    r"""Add to the input what a branch makes of it.

    $y = \text{relu}(\text{gate}(\text{branch}(x)) + \text{shortcut}(x))$

    Args:
        branch: Ends with a BN, whose output is the unit's own.
        shortcut: Brings the input to the shape of the branch's output.
        gate: Weighs what is added; None: nothing is weighed.

    Source:
        He et al. 2016, arXiv:1512.03385, section 3; the place of the gate: Hu et al. 2018, arXiv:1709.01507, figure 3.
    """

    def __init__(self, branch: nn.Module, shortcut: nn.Module, gate: Gate | None) -> None:
        super().__init__()
        self.branch, self.shortcut, self.gate = branch, shortcut, gate

    def forward(self, x: Float[Tensor, "batch d_in height width"]) -> Float[Tensor, "batch d_out row column"]:
        features, shortcut = self.branch(x), self.shortcut(x)
        # In place, since the backward pass needs no terms of the sum: these steps wait for memory, not for arithmetic.
        total = features.add_(shortcut) if self.gate is None else self.gate.add(features, shortcut)
        return F.relu_(total)


@final
class PaddedShortcut(nn.Module):
    """Take each `stride`-th place, and fill the channels that are missing with 0: a shortcut without parameters.

    Source:
        He et al. 2016, arXiv:1512.03385, section 4.1, option A.
    """

    def __init__(self, d_in: int, d_out: int, stride: int) -> None:
        super().__init__()
        self.missing, self.stride = d_out - d_in, stride

    def forward(self, x: Float[Tensor, "batch d_in height width"]) -> Float[Tensor, "batch d_out row column"]:
        # Of odd sizes, padding would lay the channels apart.
        return channels_last(F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.missing)))


def projected_shortcut(d_in: int, d_out: int, stride: int) -> nn.Sequential:
    """Make the shortcut of a 1×1 convolution: option B of He et al. 2016, section 4.1."""
    return nn.Sequential(convolution(d_in, d_out, 1, stride), nn.BatchNorm2d(d_out))


@final
class PreActivatedUnit(nn.Module):
    r"""Add to the input what a bottleneck makes of it, with BN and ReLU before each convolution.

    $y = x + f(a), \quad a = \text{relu}(\text{BN}(x))$; where the shape changes, $y = W a + f(a)$

    Args:
        d_in: Width of the input.
        d_out: Width of the output; the bottleneck has a quarter of it.
        stride: Of the 3×3 convolution.

    Source:
        He et al. 2016, arXiv:1603.05027, figure 4 (e).
    """

    def __init__(self, d_in: int, d_out: int, stride: int = 1) -> None:
        super().__init__()
        narrow = d_out // 4
        self.activate = activation(d_in)
        self.branch = nn.Sequential(
            convolution(d_in, narrow, 1),
            *activation(narrow),
            convolution(narrow, narrow, 3, stride),
            *activation(narrow),
            convolution(narrow, d_out, 1),
        )
        self.project = None if d_in == d_out and stride == 1 else convolution(d_in, d_out, 1, stride)

    def forward(self, x: Float[Tensor, "batch d_in height width"]) -> Float[Tensor, "batch d_out row column"]:
        activated = self.activate(x)
        shortcut = x if self.project is None else self.project(activated)
        return self.branch(activated).add_(shortcut)
