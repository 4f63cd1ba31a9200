"""A linear map that is applied at every step of a sequence."""

from typing import Any, final

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional

Tape = dict[int, tuple[Tensor, Tensor]]
# By the number of the step: a second backward over the same graph then replaces what the first one left.


@final
class Repeated:
    r"""Apply one linear map at many steps, and make its weight gradient in one product over all of them.

    $\partial L / \partial W = \sum_t g_t^\top x_t = [g_1 … g_T]^\top [x_1 … x_T]$

    Autograd alone would make the product on the left at each step, and add up as many matrices of the weight's
    size. Make one `Repeated` for each run over a sequence: it holds what belongs to that run, and the weight in
    the number format of the surrounding autocast, converted once. What comes out is in the weight's own format, so
    that what lies between the products is exact, and not converted back and forth.

    Args:
        linear: The map. Its parameters get the gradient.

    Example:
        >>> linear = nn.Linear(3, 2)
        >>> recurrent = Repeated(linear)
        >>> steps = [recurrent(torch.ones(5, 3)) for _ in range(7)]
        >>> steps[0].shape
        torch.Size([5, 2])
    """

    def __init__(self, linear: nn.Linear) -> None:
        self._linear = linear
        self._tape: Tape | None = None
        self._steps = 0
        if torch.is_grad_enabled():
            self._tape = {}
            dtype = _autocast_dtype(linear.weight)
            self._weight, self._bias = _Weight.apply(linear.weight, linear.bias, self._tape, dtype)  # pyright: ignore[reportGeneralTypeIssues]

    def __call__(self, inputs: Float[Tensor, "*rows d_in"]) -> Float[Tensor, "*rows d_out"]:
        exact = self._linear.weight.dtype
        if self._tape is None:
            return self._linear(inputs).to(exact)
        self._steps += 1
        return _Step.apply(inputs, self._weight, self._bias, self._tape, self._steps, exact)  # pyright: ignore[reportReturnType]


def _autocast_dtype(tensor: Tensor) -> torch.dtype:
    device = tensor.device.type
    reduced = torch.is_autocast_enabled(device) and tensor.dtype != torch.float64
    return torch.get_autocast_dtype(device) if reduced else tensor.dtype


@final
class _Weight(Function):
    """The node that all steps hang on: autograd comes back to it once, after the last of them."""

    @staticmethod
    def forward(
        ctx: Any, weight: Tensor, bias: Tensor | None, tape: Tape, dtype: torch.dtype
    ) -> tuple[Tensor, Tensor | None]:
        ctx.set_materialize_grads(False)
        ctx.tape = tape
        ctx.dtype = weight.dtype
        ctx.has_bias = bias is not None
        return weight.to(dtype, copy=True), None if bias is None else bias.to(dtype, copy=True)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *_: None) -> tuple[Tensor | None, Tensor | None, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        if not ctx.tape:
            return None, None, None, None
        inputs, gradient = (torch.cat(part) for part in zip(*ctx.tape.values(), strict=True))
        ctx.tape.clear()
        of_bias = gradient.sum(0, dtype=ctx.dtype) if ctx.has_bias else None
        return (gradient.T @ inputs).to(ctx.dtype), of_bias, None, None


@final
class _Step(Function):
    @staticmethod
    def forward(
        ctx: Any, inputs: Tensor, weight: Tensor, bias: Tensor | None, tape: Tape, step: int, exact: torch.dtype
    ) -> Tensor:
        ctx.dtype = inputs.dtype
        ctx.tape, ctx.step = tape, step
        inputs = inputs.to(weight.dtype)
        ctx.save_for_backward(inputs, weight)
        return functional.linear(inputs, weight, bias).to(exact)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        inputs, weight = ctx.saved_tensors
        gradient = gradient.to(weight.dtype)
        ctx.tape[ctx.step] = inputs.reshape(-1, inputs.shape[-1]), gradient.reshape(-1, gradient.shape[-1])
        return (gradient @ weight).to(ctx.dtype), None, None, None, None, None
