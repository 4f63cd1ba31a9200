"""A gate that is held weighs by the map that it is given, each in its own way, and by no other."""

import pytest
import torch
from tests.gates.contract import BATCH, CASES, Case
from tests.gates.test_contract import as_promised
from torch import Tensor
from torch.testing import assert_close

from saccade.gates import Gate, Spatial, clamped
from saccade.gates.clamp import held
from saccade.recording import listening

every_case = pytest.mark.parametrize("case", CASES, ids=str)


def given(case: Case, gate: Gate, examples: int) -> Tensor:
    return torch.rand(examples, *case.map_shape(gate)[1:], dtype=torch.float64)


@every_case
@pytest.mark.parametrize("learns", [True, False])
def test_weighs_by_what_it_is_given(case: Case, learns: bool):
    gate, features, source = case.build().eval(), case.features(), case.source()
    map_ = given(case, gate, 1)
    shown: list[Tensor] = []
    expected = as_promised(case, gate, features, map_)
    with torch.set_grad_enabled(learns), clamped({gate: map_}):
        assert_close(gate(features, source), expected)
        if source is None:
            shortcut = torch.randn_like(expected)
            assert_close(gate.add(features, shortcut), expected + shortcut)
        with listening(lambda _, seen, __: shown.append(seen)):
            gate(features, source)
    assert_close(shown, [map_.expand(BATCH, *map_.shape[1:])])


@every_case
def test_each_example_may_have_its_own(case: Case):
    gate, features, source = case.build().eval(), case.features(), case.source()
    map_ = given(case, gate, BATCH)
    with clamped({gate: map_}):
        assert_close(gate(features, source), as_promised(case, gate, features, map_))


@every_case
def test_held_to_its_own_map_nothing_changes(case: Case):
    gate, features, source = case.build().eval(), case.features(), case.source()
    free = gate(features, source)
    with clamped({gate: gate.map(features if source is None else source)}):
        assert_close(gate(features, source), free)


def test_others_go_on_and_blocks_nest():
    first, second = Spatial(3), Spatial(3)
    features = torch.randn(2, 3, 5, 7)
    free, none, half = second(features), torch.zeros(1, 1, 5, 7), torch.full((1, 1, 5, 7), 0.5)
    with clamped({first: none}):
        assert_close(second(features), free)
        with clamped({second: half}):
            assert_close((first(features), second(features)), (features * 0, features / 2))
        with clamped({first: half}):
            assert_close(first(features), features / 2)
        assert_close(first(features), features * 0)
    assert held(first) is None


def test_let_go_after_a_fault():
    gate = Spatial(3)
    with pytest.raises(ZeroDivisionError), clamped({gate: torch.zeros(1, 1, 5, 7)}):
        raise ZeroDivisionError
    assert held(gate) is None
