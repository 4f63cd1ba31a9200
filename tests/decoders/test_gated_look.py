"""The gating scalar: the paper's formula, with any attention behind it."""

import math

import pytest
import torch
from torch.testing import assert_close

from saccade.attention import Attention, Memory, MultiHead
from saccade.attention.scores import Additive, ScaledDot
from saccade.attention.selections import Soft
from saccade.decoders import GatedLook


def looks() -> dict[str, GatedLook]:
    torch.manual_seed(3)
    many = MultiHead(
        lambda width: Attention(ScaledDot(width, width), Soft()), d_query=5, d_key=3, d_value=7, d_model=6, heads=2
    )
    made = {"one": GatedLook(Attention(Additive(d_query=5, d_key=3, d_score=11), Soft())), "heads": GatedLook(many)}
    for look in made.values():
        torch.nn.init.normal_(look.gate.weight)
    return made


def memory() -> Memory:
    torch.manual_seed(5)
    mask = torch.ones(2, 13, dtype=torch.bool)
    mask[1, 4:] = False
    return Memory(torch.randn(2, 13, 3), torch.randn(2, 13, 7), mask)


@pytest.mark.parametrize("kind", ["one", "heads"])
def test_is_the_formula(kind: str) -> None:
    look = looks()[kind]
    query = torch.randn(2, 3, 5)
    prepared = look.remember(memory())
    with torch.no_grad():
        attended, bare = look(query, prepared), look.attention(query, look.attention.remember(memory()))
    assert_close(attended.weights, bare.weights)
    assert look.d_context(7) == attended.context.shape[2]
    for sentence in range(2):
        for step in range(3):
            z = sum(w * q for w, q in zip(look.gate.weight[0].tolist(), query[sentence, step].tolist(), strict=True))
            beta = 1 / (1 + math.exp(-z))
            assert_close(attended.context[sentence, step], beta * bare.context[sentence, step])


def test_gradients() -> None:
    look = looks()["one"].double()
    keys, values, _, _ = memory()

    def context(query: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
        return look(query, look.remember(Memory(keys.double(), values))).context

    inputs = torch.randn(2, 1, 5).double().requires_grad_(), values.double().requires_grad_()
    assert torch.autograd.gradcheck(context, inputs)


def test_a_look_at_nothing_brings_nothing() -> None:
    look = looks()["heads"]
    seen = memory()
    assert seen.mask is not None
    prepared = look.remember(seen._replace(mask=torch.zeros_like(seen.mask)))
    assert_close(look(torch.randn(2, 1, 5), prepared).context, torch.zeros(2, 1, 6))
