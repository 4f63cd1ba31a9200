"""The fast form of a channel gate against its plain formula: outputs and every gradient."""

import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.gates.fused.weigh_by_mean import weigh_by_mean

FORMATS = pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last], ids=str)


def network() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(11, 3), nn.Tanh(), nn.Linear(3, 11), nn.Sigmoid()).double()


def draw(memory_format: torch.memory_format = torch.contiguous_format) -> tuple[Tensor, Tensor]:
    torch.manual_seed(1)
    drawn = (torch.randn(2, 11, 5, 7, dtype=torch.float64) for _ in range(2))
    features, shortcut = (part.contiguous(memory_format=memory_format).requires_grad_() for part in drawn)
    return features, shortcut


def plain(features: Tensor, shortcut: Tensor | None, excite: nn.Module) -> Tensor:
    weighed = features * excite(features.mean((2, 3)))[:, :, None, None]
    return weighed if shortcut is None else shortcut + weighed


def fast(features: Tensor, shortcut: Tensor | None, excite: nn.Module) -> Tensor:
    return weigh_by_mean(features, shortcut, excite)


@FORMATS
@pytest.mark.parametrize("with_shortcut", [True, False])
def test_is_the_plain_formula(memory_format: torch.memory_format, with_shortcut: bool):
    excite, (features, shortcut) = network(), draw(memory_format)
    inputs = (features, shortcut) if with_shortcut else (features,)
    results = []
    for weigh in (fast, plain):
        weighed = weigh(features, shortcut if with_shortcut else None, excite)
        results.append((weighed, *torch.autograd.grad(weighed.sin().sum(), (*inputs, *excite.parameters()))))
    assert_close(results[0], results[1], rtol=1e-12, atol=1e-12)
    assert results[0][0].is_contiguous(memory_format=memory_format)
    assert results[0][1].is_contiguous(memory_format=memory_format)


def test_what_is_not_to_be_learnt_gets_no_gradient():
    excite, (features, shortcut) = network(), draw()
    excite[0].requires_grad_(False)
    fast(features.detach(), shortcut, excite).sin().sum().backward()
    assert excite[0].weight.grad is None
    assert shortcut.grad is not None
    expected = torch.autograd.grad(plain(features, shortcut, excite).sin().sum(), excite[2].weight)[0]
    assert_close(excite[2].weight.grad, expected)


def test_backward_twice():
    excite, (features, shortcut) = network(), draw()
    loss = fast(features, shortcut, excite).sin().sum()
    inputs = (features, *excite.parameters())
    assert_close(torch.autograd.grad(loss, inputs, retain_graph=True), torch.autograd.grad(loss, inputs))


def test_backward_again_after_the_graph_is_freed_is_refused():
    excite, (features, shortcut) = network(), draw()
    loss = fast(features, shortcut, excite).sin().sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()


def test_keeps_the_features_and_nothing_else_of_their_size():
    """The product is made again on the way back; the shortcut is not needed there."""
    sizes: list[int] = []

    def count(tensor: Tensor) -> Tensor:
        sizes.append(tensor.numel())
        return tensor

    excite, (features, shortcut) = network(), draw()
    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        fast(features, shortcut, excite)
    assert sorted(sizes)[-2:] == [3 * 11, features.numel()]


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_half_precision(dtype: torch.dtype):
    excite, (features, shortcut) = network().to(dtype), draw()
    expected = plain(features, shortcut, network())
    low = tuple(part.detach().to(dtype).requires_grad_() for part in (features, shortcut))
    weighed = fast(*low, excite)
    assert weighed.dtype == dtype
    assert_close(weighed.double(), expected, rtol=0.05, atol=0.05)
    for part in torch.autograd.grad(weighed.sum(), low):
        assert part.dtype == dtype
