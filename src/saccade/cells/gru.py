"""The gated recurrent unit."""

from typing import Any, ClassVar, final

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from saccade.cells.cell import Cell, CellState


@final
class GRU(Cell):
    r"""Reset and update what is remembered by two gates.

    $r = \sigma(W_r x + b_r + U_r h + c_r)$,
    $z = \sigma(W_z x + b_z + U_z h + c_z)$,
    $n = \tanh(W_n x + b_n + r ⊙ (U_n h + c_n))$,
    $h' = (1 - z) ⊙ n + z ⊙ h$

    Args:
        d_input: Width of an input.
        d_state: Width of the state.

    Source:
        Cho et al. 2014, arXiv:1406.1078, section 2.3.

    Differs:
        The reset gate weighs $U_n h + c_n$ and not $h$, as in cuDNN and `torch.nn.GRU`, so that one product serves
        all three blocks. z keeps the old state, as in Cho; in Bahdanau 2015, appendix A.1.1, it takes the new one.
    """

    blocks: ClassVar[int] = 3

    def advance(self, from_input: Tensor, from_state: Tensor, state: CellState) -> CellState:
        return (_Advance.apply(from_input, from_state, state[0]),)  # pyright: ignore[reportReturnType]


@final
class _Advance(Function):
    """The step with its gradient by hand: half as many passes over memory as autograd makes of the same formula."""

    @staticmethod
    def forward(ctx: Any, from_input: Tensor, from_state: Tensor, shown: Tensor) -> Tensor:
        width = shown.shape[-1]
        gates = torch.sigmoid(from_input[:, : 2 * width] + from_state[:, : 2 * width])
        reset, update = gates[:, :width], gates[:, width:]
        from_shown = from_state[:, 2 * width :]
        candidate = torch.tanh(torch.addcmul(from_input[:, 2 * width :], reset, from_shown))
        ctx.save_for_backward(gates, from_shown, candidate, shown)
        return torch.addcmul(candidate.to(shown.dtype), update, shown - candidate)

    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, gradient: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        gates, from_shown, candidate, shown = ctx.saved_tensors
        width = shown.shape[-1]
        reset, update = gates[:, :width], gates[:, width:]
        to_shown = gradient * update
        to_candidate = (gradient - to_shown) * (1 - candidate * candidate)
        to_input = gates.new_empty(len(gates), 3 * width)
        to_input[:, 2 * width :] = to_candidate
        to_input[:, :width] = to_candidate * from_shown
        to_input[:, width : 2 * width] = gradient * (shown - candidate)
        to_input[:, : 2 * width] *= gates * (1 - gates)
        to_state = to_input.clone()
        to_state[:, 2 * width :] *= reset
        return to_input, to_state, to_shown
