"""Compares attention with its compiled form, forward and backward. Run as a program, by test_compiled.py."""

import sys

import torch
from tests.attention.contract import Case, make_mask, make_memory, make_query
from torch import Tensor
from torch.testing import assert_close

from saccade.attention import SCORES, SELECTIONS, Attention, Memory, MultiHead

CASES = [
    *(Case(score, "soft", heads=False) for score, kind in SCORES.items() if not kind.state_parts),
    *(Case("dot", name, heads=False) for name, kind in SELECTIONS.items() if name != "soft" and not kind.state_parts),
    Case("additive", "soft", heads=True),
]


def with_gradients(look, attention: Attention | MultiHead, *inputs: Tensor) -> tuple[Tensor, ...]:
    context, weights = look(*inputs)
    gradients = torch.autograd.grad(context.sin().sum(), (*inputs, *attention.parameters()))
    return context, weights, *gradients


def compare(case: Case) -> None:
    attention, memory = case.build(), make_memory()

    def look(query: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        return attention(query, attention.remember(Memory(keys, values, make_mask())))[:2]

    inputs = (make_query(case), memory.keys, memory.values)
    torch.compiler.reset()  # one function is compiled a few times only
    compiled = torch.compile(look, backend="aot_eager", fullgraph=True)
    assert_close(with_gradients(compiled, attention, *inputs), with_gradients(look, attention, *inputs))


if __name__ == "__main__":
    for case in CASES:
        compare(case)
    sys.stdout.write(f"{len(CASES)} agree")
