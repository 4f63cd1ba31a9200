"""The fast network of additive and concat scores against its plain formula: outputs and every gradient."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from saccade.attention.fused import tanh_scores as fused


def plain(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    return (query.unsqueeze(2) + keys.unsqueeze(1)).tanh() @ v


def fast(query: Tensor, keys: Tensor, v: Tensor) -> Tensor:
    return fused.tanh_scores(query, fused.prepare_keys(keys), v)


def draw(queries: int, scale: float = 1.0, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(0)
    shapes = [(2, queries, 11), (2, 7, 11), (11,)]
    query, keys, v = ((scale * torch.randn(shape)).to(dtype).requires_grad_() for shape in shapes)
    return query, keys, v


def with_gradients(score, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    scores = score(*inputs)
    return scores, *torch.autograd.grad(scores.sin().sum(), inputs)


@pytest.mark.parametrize("queries", [0, 1, 5])
@pytest.mark.parametrize("items_at_once", [1, 2 * 2 * 7 * 11, 2**20], ids=["one", "two", "all"])
def test_is_the_plain_formula(monkeypatch: pytest.MonkeyPatch, queries: int, items_at_once: int):
    monkeypatch.setattr(fused, "ITEMS_AT_ONCE", items_at_once)
    inputs = draw(queries)
    assert_close(with_gradients(fast, inputs), with_gradients(plain, inputs), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("queries", [0, 1, 5])
def test_with_something_more_for_each_pair_is_the_plain_formula(queries: int):
    further = torch.randn(2, queries, 7, 11, dtype=torch.float64, requires_grad=True)

    def plain_with(query: Tensor, keys: Tensor, v: Tensor, further: Tensor) -> Tensor:
        return (query.unsqueeze(2) + keys.unsqueeze(1) + further).tanh() @ v

    def fast_with(query: Tensor, keys: Tensor, v: Tensor, further: Tensor) -> Tensor:
        return fused.tanh_scores_with(query, fused.prepare_keys(keys), further, v)

    inputs = (*draw(queries), further)
    assert_close(with_gradients(fast_with, inputs), with_gradients(plain_with, inputs), rtol=1e-12, atol=1e-12)


def test_no_keys():
    query, v = torch.ones(2, 3, 11), torch.ones(11, requires_grad=True)
    scores = fast(query, torch.ones(2, 0, 11), v)
    assert scores.shape == (2, 3, 0)
    (gradient,) = torch.autograd.grad(scores.sum(), v)
    assert_close(gradient, torch.zeros(11))


@pytest.mark.parametrize("scale", [1e-4, 30.0, 1e4])
def test_small_and_saturated(scale: float):
    inputs = draw(3, scale)
    assert_close(with_gradients(fast, inputs), with_gradients(plain, inputs))


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32], ids=str)
def test_is_exact_in_half_precision(dtype: torch.dtype):
    inputs = draw(3, dtype=dtype)
    assert fast(*inputs).dtype == torch.float32
    assert_close(fast(*inputs), plain(*(part.float() for part in inputs)))
    scores = fast(*inputs)
    for part, gradient in zip(inputs, torch.autograd.grad(scores.sum(), inputs), strict=True):
        assert gradient.dtype == part.dtype


def test_is_exact_under_autocast():
    inputs = draw(3, dtype=torch.float32)
    with torch.autocast("cpu", torch.bfloat16):
        inside = with_gradients(fast, inputs)
    assert_close(inside, with_gradients(fast, inputs))


def test_keeps_no_inner_tensor():
    """What is saved for the backward grows with queries plus keys, not with their product."""
    sizes: list[int] = []

    def count(tensor: Tensor) -> Tensor:
        sizes.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(count, lambda tensor: tensor):
        fast(*draw(5))
    assert max(sizes) == 2 * 7 * 11


def test_starts_as_a_linear_layer_would():
    torch.manual_seed(0)
    v = fused.make_v(400)
    assert v.abs().max() <= 0.05
    assert v.abs().max() > 0.04
