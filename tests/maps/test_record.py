"""A recording holds every map that the model's own modules showed, cut apart by example, and nobody else's."""

from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.attention import Attention, Memory, MultiHead
from saccade.attention.scores import Dot, ScaledDot
from saccade.attention.selections import Soft
from saccade.errors import DataError, OptionError
from saccade.maps import record
from saccade.recording import show

BATCH, CHANNELS, HEIGHT, WIDTH, SCALES, QUERY, KEY, HEADS = 2, 3, 5, 7, 11, 1, 13, 17


def same(one: np.ndarray, other: np.ndarray) -> None:
    # Copies: torch warns of arrays that are read-only.
    assert_close(np.array(one), np.array(other))


class Shown(nn.Module):
    """Shows what it is given, as a gate would."""

    def __init__(self, *axes: str, ends: tuple[float, float] = (0.0, 1.0)) -> None:
        super().__init__()
        self.axes = axes
        self.range = ends

    def forward(self, weights: Tensor) -> None:
        show(self, weights)


class Model(nn.Module):
    heads: ClassVar[int] = HEADS

    def __init__(self) -> None:
        super().__init__()
        self.look = Attention(Dot(d_query=HEADS, d_key=HEADS), Soft())
        self.several = MultiHead(
            lambda width: Attention(ScaledDot(width, width), Soft()),
            d_query=HEADS,
            d_key=HEADS,
            d_value=HEADS,
            d_model=2 * HEADS,
            heads=HEADS,
        )

    def forward(self, keys: Tensor) -> None:
        query = torch.ones(BATCH, QUERY, HEADS)
        for attention in (self.look, self.several):
            attention(query, attention.remember(Memory(keys, keys)))


SHOWN = [
    (("channel",), (CHANNELS, 1, 1), (CHANNELS,)),
    (("height", "width"), (1, HEIGHT, WIDTH), (HEIGHT, WIDTH)),
    (("height", "width"), (1, 1, 1), (1, 1)),
    (("channel", "height", "width"), (CHANNELS, HEIGHT, WIDTH), (CHANNELS, HEIGHT, WIDTH)),
    (("channel", "height", "width"), (1, HEIGHT, WIDTH), (1, HEIGHT, WIDTH)),
    (("scale", "channel"), (SCALES, CHANNELS, 1, 1), (SCALES, CHANNELS)),
    (("scale", "channel"), (SCALES, 1, 1, 1), (SCALES, 1)),
    (("scale", "height", "width"), (SCALES, 1, HEIGHT, WIDTH), (SCALES, HEIGHT, WIDTH)),
    (("scale", "height", "width"), (SCALES, HEIGHT, WIDTH), (SCALES, HEIGHT, WIDTH)),
]


@pytest.mark.parametrize(("axes", "shape", "kept"), SHOWN)
def test_a_gate_says_its_axes(axes: tuple[str, ...], shape: tuple[int, ...], kept: tuple[int, ...]) -> None:
    weights = torch.rand(BATCH, *shape)
    model = nn.ModuleDict({"stage": nn.ModuleDict({"gate": Shown(*axes, ends=(-1.0, 1.0))})})
    with record(model) as recording:
        model.get_submodule("stage.gate")(weights)
    (seen,) = recording.of(1)
    assert (seen.layer, seen.range) == ("stage.gate", (-1.0, 1.0))
    assert tuple(axis.name for axis in seen.axes) == axes
    same(seen.weights, weights[1].reshape(kept).numpy())


def test_attention_and_several_heads_each_once() -> None:
    torch.manual_seed(0)
    model, keys = Model(), torch.randn(BATCH, KEY, HEADS)
    with record(model) as recording:
        model(keys)
    look, several = recording.of(1)
    assert [(seen.layer, seen.range) for seen in (look, several)] == [("look", None), ("several", None)]
    assert [axis.name for axis in several.axes] == ["head", "query", "key"]
    assert (look.weights.shape, several.weights.shape) == ((QUERY, KEY), (HEADS, QUERY, KEY))
    expected = torch.softmax(keys[1].sum(-1), 0)
    same(look.weights[0], expected.numpy())
    same(several.weights.sum(-1), np.ones((HEADS, QUERY), np.float32))


def test_a_second_map_of_a_module_has_a_name_of_its_own() -> None:
    gate = Shown("channel")
    with record(gate) as recording:
        gate(torch.zeros(BATCH, CHANNELS, 1, 1))
        gate(torch.ones(BATCH, CHANNELS, 1, 1))
    assert [seen.layer for seen in recording.maps] == ["Shown", "Shown (2)"]
    assert [float(seen.weights.mean()) for seen in recording.maps] == [0.0, 1.0]


def test_other_models_are_not_heard() -> None:
    mine, other = Shown("channel"), Shown("channel")
    with record(mine) as recording:
        other(torch.zeros(BATCH, CHANNELS, 1, 1))
        mine(torch.ones(BATCH, CHANNELS, 1, 1))
    assert [float(seen.weights.mean()) for seen in recording.maps] == [1.0]


def test_nothing_recorded_says_what_was_looked_for() -> None:
    plain = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    with (
        pytest.raises(DataError, match="none of the 3 modules of Sequential, among them 0 gates and 0 attentions"),
        record(plain),
    ):
        plain(torch.zeros(BATCH, 2))
    with pytest.raises(DataError, match=r"1 gates.*Call this very model within the block;"):  # noqa: SIM117
        with record(Shown("channel")):
            pass


def test_an_error_in_the_block_stays_the_one_that_is_told() -> None:
    with pytest.raises(ZeroDivisionError), record(nn.Identity()):
        raise ZeroDivisionError


def test_a_gate_that_shows_something_else() -> None:
    gate = Shown("channel")
    with pytest.raises(DataError, match=r"must show a map of \(batch, channel\), but showed one of shape \(2, 3, 5\)"):  # noqa: SIM117
        with record(gate):
            gate(torch.zeros(BATCH, CHANNELS, HEIGHT))


def test_only_examples_of_the_batch() -> None:
    gate = Shown("channel")
    with record(gate) as recording:
        gate(torch.zeros(BATCH, CHANNELS, 1, 1))
    with pytest.raises(OptionError, match="must be 0 to 1, the batch that was recorded, but is 2"):
        recording.of(2)


def test_no_gradient_is_kept() -> None:
    gate = Shown("channel")
    with record(gate) as recording:
        gate(torch.zeros(BATCH, CHANNELS, 1, 1, requires_grad=True).to(torch.bfloat16))
    assert recording.maps[0].weights.dtype == np.float32
