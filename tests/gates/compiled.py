"""Compares gates with their compiled form, forward and backward. Run as a program, by test_compiled.py."""

import sys

import torch
from tests.gates.contract import CASES as ALL
from tests.gates.contract import Case
from torch import Tensor
from torch.testing import assert_close

from saccade.gates import Gate

# Each gate, and one hard map; the others would take a minute more, and differ in a line.
CASES = [case for case in ALL if not case.options or case == Case("spatial", (("hard", True),))]


def with_gradients(weigh, gate: Gate, *inputs: Tensor) -> tuple[Tensor, ...]:
    weighed = weigh(*inputs)
    return weighed, *torch.autograd.grad(weighed.sin().sum(), (*inputs, *gate.parameters()))


def compare(case: Case) -> None:
    gate, features, source = case.build(), case.features(), case.source()
    inputs = (features, torch.randn_like(features, requires_grad=True) if source is None else source)
    weigh = gate.add if source is None and case.name != "pyramid" else gate
    compiled = torch.compile(weigh, backend="aot_eager", fullgraph=True)
    assert_close(with_gradients(compiled, gate, *inputs), with_gradients(weigh, gate, *inputs))


if __name__ == "__main__":
    for case in CASES:
        compare(case)
    sys.stdout.write(f"{len(CASES)} agree")
