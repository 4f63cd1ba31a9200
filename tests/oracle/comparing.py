"""How a module is held against the oracle: the same parameters in both, and every gradient of both compared."""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.testing import assert_close

Module = TypeVar("Module", bound=nn.Module)


def draw(*shape: int, seed: int = 0) -> Tensor:
    """Draw normal numbers, the same ones each time."""
    generator = torch.Generator().manual_seed(1000 * seed + sum(shape))
    return torch.randn(shape, dtype=torch.float64, generator=generator)


def shake(module: Module) -> Module:
    """Make a module float64 and draw all its parameters, so that no bias is zero and no block like another."""
    module.double()
    with torch.no_grad():
        for seed, parameter in enumerate(module.parameters()):
            parameter.copy_(0.6 * draw(*parameter.shape, seed=seed))
    return module


def assert_same(
    module: nn.Module,
    ours: Iterable[Tensor],
    theirs: Iterable[Tensor],
    inputs: Sequence[Tensor] = (),
    unmoved: Collection[str] = (),
) -> None:
    """Compare outputs, and the gradient of a random sum of all their entries, for every parameter and given input.

    Args:
        module: Its parameters must all get a gradient that is not zero, but for those named in `unmoved`.
        ours: What the package gave.
        theirs: What the oracle gave, from the same parameters, in the same order.
        inputs: Tensors that the outputs were computed from, if their gradients are wanted, too.
        unmoved: Names of parameters that nothing depends on, by mathematics.
    """
    ours, theirs = list(ours), list(theirs)
    assert_close(ours, theirs)
    wanted = [*dict(module.named_parameters()).values(), *inputs]
    names = [*dict(module.named_parameters()), *(f"input {i}" for i in range(len(inputs)))]
    mine, oracles = (torch.autograd.grad(_mixed(outputs), wanted, materialize_grads=True) for outputs in (ours, theirs))
    for name, gradient, expected in zip(names, mine, oracles, strict=True):
        assert_close(gradient, expected, msg=lambda text, name=name: f"gradient of {name}: {text}")
        moved = expected.abs().max().item() > 1e-9
        assert moved == (name not in unmoved), f"{name} is {'' if moved else 'not '}moved"


def _mixed(outputs: list[Tensor]) -> Tensor:
    return torch.stack([(output * draw(*output.shape, seed=i)).sum() for i, output in enumerate(outputs)]).sum()


def padded(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    """Pad with 1, an ordinary word, so that it would be noticed if the padding were read; the mask is True at words."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [1] * (longest - len(row)) for row in rows])
    return ids, torch.tensor([[k < len(row) for k in range(longest)] for row in rows])
