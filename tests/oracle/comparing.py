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


def trained(module: Module, training: bool, *examples: Tensor) -> Module:
    """Draw a module's parameters, and let its normalisations see examples.

    Then each channel is sometimes above 0 after a ReLU: one that never is would leave parameters unmoved, and make a
    normalisation after it divide by almost 0.
    """
    shake(module).train()
    with torch.no_grad():
        for seed, part in enumerate(module.modules()):
            if isinstance(part, nn.Conv2d | nn.Linear):
                part.weight.mul_(2 / part.weight[0].numel() ** 0.5)
            if isinstance(part, nn.BatchNorm1d | nn.BatchNorm2d):
                part.weight.copy_(1 + 0.2 * draw(part.num_features, seed=seed))
                part.bias.copy_(0.5 + 0.2 * draw(part.num_features, seed=seed + 1))
                part.momentum = 1.0
        module(*examples)
    return module.train(training)


def assert_same(
    module: nn.Module,
    ours: Iterable[Tensor],
    theirs: Iterable[Tensor],
    inputs: Sequence[Tensor] = (),
    unmoved: Collection[str] = (),
    besides: Tensor | float = 0.0,
) -> None:
    """Compare outputs, and the gradient of a random sum of all their entries, for every parameter and given input.

    Args:
        module: Its parameters must all get a gradient that is not zero, but for those named in `unmoved`.
        ours: What the package gave.
        theirs: What the oracle gave, from the same parameters, in the same order.
        inputs: Tensors that the outputs were computed from, if their gradients are wanted, too.
        unmoved: Names of parameters that nothing depends on, by mathematics.
        besides: A loss that the module adds to any other on the way back, written by the oracle.
    """
    ours, theirs = list(ours), list(theirs)
    assert_close(ours, theirs)
    wanted = [*dict(module.named_parameters()).values(), *inputs]
    names = [*dict(module.named_parameters()), *(f"input {i}" for i in range(len(inputs)))]
    losses = _mixed(ours), _mixed(theirs) + besides
    mine, oracles = (torch.autograd.grad(loss, wanted, materialize_grads=True) for loss in losses)
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
