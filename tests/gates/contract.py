"""The contract table of gates: each gate, soft and hard, in each of its kinds."""

import inspect
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from saccade.gates import GATES, Gate

# A different prime for each dimension, so that no transposed axis can pass.
BATCH, SCALE, HEIGHT, WIDTH, CHANNEL, D_SOURCE, HIDDEN = 2, 3, 5, 7, 11, 13, 17

SUMMED = {"pyramid", "scale"}
"""Gates that weigh several scales and sum them up: their map sums to 1 over these."""

OWN_SOURCE = {"pyramid": (SCALE, D_SOURCE), "residual-mask": (CHANNEL,)}
"""Gates that read something else than what they weigh, and its axes before height and width."""


class Unit(nn.Module):
    """A residual unit as small as can be."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.convolution = nn.Conv2d(channels, channels, 3, padding=1, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        return features + self.convolution(self.norm(features).tanh())


GIVEN: dict[str, dict[str, Any]] = {
    "pyramid": {"scales": SCALE, "hidden": HIDDEN, "d_source": D_SOURCE},
    "residual-mask": {"unit": Unit, "steps": 2},
    "scale": {"branches": SCALE},
}
"""What a gate cannot do without, or would make this table slow."""


class Case(NamedTuple):
    """One row: a gate and its options."""

    name: str
    options: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return "-".join([self.name, *(str(value) if value is not True else name for name, value in self.options)])

    @property
    def hard(self) -> bool:
        return ("hard", True) in self.options

    def build(self, dtype: torch.dtype = torch.float64, seed: int = 0) -> Gate:
        torch.manual_seed(seed)
        gate = GATES[self.name](CHANNEL, **(GIVEN.get(self.name, {}) | dict(self.options)))
        with torch.no_grad():
            for parameter in gate.parameters():
                parameter.add_(0.1 * torch.randn_like(parameter))  # else each normalisation would be the same
        return gate.to(dtype)

    def features(self, height: int = HEIGHT, width: int = WIDTH, dtype: torch.dtype = torch.float64) -> Tensor:
        return draw(*((SCALE,) if self.name == "pyramid" else ()), CHANNEL, height, width).to(dtype).requires_grad_()

    def source(self, height: int = HEIGHT, width: int = WIDTH, dtype: torch.dtype = torch.float64) -> Tensor | None:
        """What the map is computed from, where that is not the features."""
        if self.name not in OWN_SOURCE:
            return None
        return draw(*OWN_SOURCE[self.name], height, width).to(dtype).requires_grad_()

    def map_shape(self, gate: Gate, height: int = HEIGHT, width: int = WIDTH) -> tuple[int, ...]:
        """The axes that the gate promises are as long as they should be, the others 1."""
        sizes = {"scale": SCALE, "channel": CHANNEL, "height": height, "width": width}
        names = list(sizes) if self.name in SUMMED else list(sizes)[1:]
        return BATCH, *(sizes[name] if name in gate.axes else 1 for name in names)


def draw(*shape: int) -> Tensor:
    """Draw features whose channels and images differ in their means too, by which gates tell them apart."""
    return torch.randn(BATCH, *shape, dtype=torch.float64) + torch.randn(BATCH, *shape[:-2], 1, 1)


CASES = [
    *(Case(name) for name in GATES),
    *(Case(name, (("hard", True),)) for name, gate in GATES.items() if "hard" in inspect.signature(gate).parameters),
    Case("residual-mask", (("learning", "naive"), ("normalisation", "mixed"))),
    Case("residual-mask", (("normalisation", "channel"),)),
    Case("residual-mask", (("normalisation", "spatial"),)),
    Case("residual-mask", (("steps", 1), ("r", 2))),
]
