"""Sums of weighed features against their plain formula, in each number format."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from saccade.gates.fused.weighed_sum import add_weighed, weighed_sum

DTYPES = pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16], ids=str)


def draw(dtype: torch.dtype, *shape: int) -> Tensor:
    return torch.randn(shape, dtype=torch.float64).to(dtype).requires_grad_()


@DTYPES
@pytest.mark.parametrize("factor_shape", [(2, 11, 1, 1), (2, 1, 5, 7), (2, 11, 5, 7)], ids=str)
def test_add_weighed(dtype: torch.dtype, factor_shape: tuple[int, ...]):
    torch.manual_seed(0)
    inputs = (draw(dtype, 2, 11, 5, 7), draw(dtype, 2, 11, 5, 7), draw(dtype, *factor_shape))
    total = add_weighed(*inputs)
    assert total.dtype == dtype
    summand, features, factor = inputs
    expected = summand + features * factor
    # To the rounding of the product, which one pass spares itself.
    assert_close(total, expected)
    gradients, wanted = (torch.autograd.grad(result.sum(), inputs) for result in (total, expected))
    assert_close(gradients, wanted)


@DTYPES
@pytest.mark.parametrize("with_shortcut", [True, False])
def test_weighed_sum(dtype: torch.dtype, with_shortcut: bool):
    torch.manual_seed(0)
    parts, map_ = [draw(dtype, 2, 11, 5, 7) for _ in range(3)], draw(dtype, 2, 3, 11, 1, 1)
    shortcut = draw(dtype, 2, 11, 5, 7) if with_shortcut else None
    expected = (torch.stack(parts, 1).double() * map_.double()).sum(1)
    expected = expected if shortcut is None else expected + shortcut.double()
    assert_close(weighed_sum(parts, map_, shortcut), expected.to(dtype), rtol=0.02, atol=0.05)
