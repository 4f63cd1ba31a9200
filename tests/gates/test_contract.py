"""What every gate promises."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gates.contract import BATCH, CASES, CHANNEL, HEIGHT, SUMMED, WIDTH, Case
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.gates import Gate, Scale
from saccade.recording import listening

every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_soft_case = pytest.mark.parametrize("case", [case for case in CASES if not case.hard], ids=str)
every_block_case = pytest.mark.parametrize("case", [case for case in CASES if case.source() is None], ids=str)


def map_of(case: Case, gate: Gate, features: Tensor, source: Tensor | None) -> Tensor:
    return gate.map(features if source is None else source)


def as_promised(case: Case, gate: Gate, features: Tensor, map_: Tensor) -> Tensor:
    """What the gate says it does with its map, written out."""
    if isinstance(gate, Scale):
        features = torch.stack([branch(features) for branch in gate.branches], 1)
    weighed = features + features * map_ if gate.residual else features * map_
    return weighed.sum(1) if case.name in SUMMED else weighed


@every_case
@pytest.mark.parametrize(("height", "width"), [(HEIGHT, WIDTH), (33, 31), (1, 1), (2, 1)])
def test_shape_and_range(case: Case, height: int, width: int):
    gate = case.build()
    features, source = case.features(height, width), case.source(height, width)
    map_ = map_of(case, gate, features, source)
    assert gate(features, source).shape == (BATCH, CHANNEL, height, width)
    assert map_.shape == case.map_shape(gate, height, width)
    assert map_.min() >= gate.range[0]
    assert map_.max() <= gate.range[1]
    if case.name in SUMMED:
        assert_close(map_.sum(1), torch.ones_like(map_[:, 0]))


@every_case
@settings(max_examples=12, deadline=None)
@given(height=st.integers(1, 40), width=st.integers(1, 40))
def test_any_size(case: Case, height: int, width: int):
    gate = case.build(torch.float32)
    features = case.features(height, width, torch.float32)
    source = case.source(height, width, torch.float32)
    map_ = map_of(case, gate, features, source)
    assert map_.shape == case.map_shape(gate, height, width)
    assert gate.range[0] <= map_.min() <= map_.max() <= gate.range[1]
    assert_close(gate(features, source), as_promised(case, gate, features, map_))


@every_case
def test_weighs_as_promised(case: Case):
    gate, features, source = case.build(), case.features(), case.source()
    expected = as_promised(case, gate, features, map_of(case, gate, features, source))
    assert_close(gate(features, source), expected)
    shortcut = torch.randn_like(expected)
    if source is None:
        assert_close(gate.add(features, shortcut), shortcut + expected)


@every_block_case
def test_by_another_source(case: Case):
    gate, features, source = case.build(), case.features(), case.features(2 * HEIGHT, 2 * WIDTH)[..., ::2, ::2]
    assert_close(gate(features, source), as_promised(case, gate, features, gate.map(source)))
    assert not torch.allclose(gate.map(source), gate.map(features))


@every_case
def test_gradients_reach_everything(case: Case):
    gate, features, source = case.build(), case.features(), case.source()
    gate(features, source).sin().sum().backward()
    inputs = {"features": features, **dict(gate.named_parameters())} | ({} if source is None else {"source": source})
    for name, tensor in inputs.items():
        assert tensor.grad is not None, name
        assert tensor.grad.abs().max() > 1e-6, name


@every_soft_case
@pytest.mark.parametrize("training", [True, False], ids=["training", "eval"])
def test_gradcheck(case: Case, training: bool):
    gate, inputs = case.build().train(training), [case.features()]
    if (source := case.source()) is not None:
        inputs.append(source)
    for module in gate.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum = 0.0  # else each of the many runs would find other running means
    assert torch.autograd.gradcheck(
        lambda *tensors: gate(*tensors[: len(inputs)]), (*inputs, *gate.parameters()), fast_mode=True
    )


@pytest.mark.parametrize("case", [case for case in CASES if not case.hard and case.source() is None], ids=str)
@pytest.mark.parametrize("training", [True, False], ids=["training", "eval"])
def test_gradcheck_with_a_shortcut(case: Case, training: bool):
    gate, features = case.build().train(training), case.features()
    shortcut = torch.randn_like(features, requires_grad=True)
    inputs = (features, shortcut, *gate.parameters())
    assert torch.autograd.gradcheck(lambda *tensors: gate.add(*tensors[:2]), inputs, fast_mode=True)


@every_case
def test_state_dict_round_trip(case: Case):
    saved, loaded = case.build(seed=0), case.build(seed=1)
    features, source = case.features(), case.source()
    saved(features, source)  # running means move
    loaded.load_state_dict(saved.state_dict())
    expected = saved.eval()(features, source)
    assert_close(loaded.eval()(features, source), expected, rtol=0, atol=0)


@every_case
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize("height", [HEIGHT, 1])
def test_half_precision_is_finite(case: Case, dtype: torch.dtype, height: int):
    gate = case.build(dtype)
    features, source = case.features(height, dtype=dtype), case.source(height, dtype=dtype)
    weighed = gate(features, source)
    assert weighed.dtype == dtype
    weighed.sum().backward()
    for tensor in (features, *gate.parameters()):
        assert tensor.grad is not None
        assert tensor.grad.isfinite().all()


@every_soft_case
def test_autocast_is_near_float32(case: Case):
    gate = case.build(torch.float32)
    features, source = case.features(dtype=torch.bfloat16), case.source(dtype=torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16):
        inside = gate(features, source)
    exact = gate(features.float(), None if source is None else source.float())
    assert inside.dtype == torch.bfloat16
    assert_close(inside.float(), exact, rtol=0.1, atol=0.1)
    inside.float().sum().backward()
    assert all(p.grad is not None and p.grad.dtype == torch.float32 for p in gate.parameters())


@every_case
def test_channels_last_stays_channels_last(case: Case):
    gate = case.build().to(memory_format=torch.channels_last)
    features, source = case.features(), case.source()
    expected = gate(features, source)
    last = tuple(None if part is None else _channels_last(part) for part in (features, source))
    weighed = gate(*last)
    assert_close(weighed, expected)
    assert weighed.is_contiguous(memory_format=torch.channels_last)


def _channels_last(tensor: Tensor) -> Tensor:
    """Channels innermost in memory, also where there is an axis of scales."""
    return tensor.movedim(-3, -1).contiguous().movedim(-1, -3)


@every_case
def test_images_do_not_see_each_other(case: Case):
    gate = case.build().eval()
    features, source = case.features(), case.source()
    alone = gate(features[1:], None if source is None else source[1:])
    assert_close(gate(features, source)[1:], alone, rtol=1e-10, atol=1e-10)


@every_case
def test_shows_its_map_once(case: Case):
    gate, features, source = case.build(), case.features(), case.source()
    seen: list[tuple[nn.Module, Tensor]] = []
    with listening(lambda module, map_, _: seen.append((module, map_))):
        recorded = gate(features, source)
        if source is None:
            gate.add(features, torch.zeros_like(recorded))
    assert len(seen) == (2 if source is None else 1)
    for module, map_ in seen:
        assert module is gate
        assert_close(map_, map_of(case, gate, features, source))
    assert_close(gate(features, source), recorded)
    assert len(seen) == (2 if source is None else 1)


@pytest.mark.parametrize("case", [case for case in CASES if case.hard], ids=str)
def test_hard_is_zero_or_one(case: Case):
    gate, features, source = case.build(), case.features(), case.source()
    map_ = map_of(case, gate, features, source)
    assert ((map_ == 0) | (map_ == 1)).all()
    assert 0 < map_.mean() < 1
