"""A recording is cut apart by example, without padding, by layer; steps are joined; what can't be cut is refused."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from saccade.attention import Attention, Memory, MultiHead
from saccade.attention.scores import Dot, ScaledDot
from saccade.attention.selections import Soft
from saccade.encoders.self_attention import SelfAttention
from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, Recording, record
from saccade.recording import show

BATCH, HEADS, QUERY, KEY, WIDTH = 2, 3, 5, 7, 6
REAL = torch.arange(KEY) < torch.tensor([[KEY], [4]])


class Shown(nn.Module):
    """Shows what it is given."""

    def forward(self, weights: Tensor) -> None:
        show(self, weights)


def shown(**weights: list[Tensor]) -> Recording:
    model = nn.ModuleDict({name: Shown() for name in weights})
    with record(model) as recording:
        for name, given in weights.items():
            for one in given:
                model[name](one)
    return recording


def test_padding_that_an_attention_knows_is_cut_away() -> None:
    torch.manual_seed(0)
    items = torch.randn(BATCH, KEY, WIDTH)
    model = nn.ModuleDict(
        {
            "one": Attention(Dot(WIDTH, WIDTH), Soft()),
            "several": MultiHead(
                lambda width: Attention(ScaledDot(width, width), Soft()),
                d_query=WIDTH,
                d_key=WIDTH,
                d_value=WIDTH,
                d_model=WIDTH,
                heads=HEADS,
            ),
            "itself": SelfAttention(WIDTH, HEADS),
        }
    )
    one, several, itself = model.values()
    with record(model) as recording:
        for part in (one, several):
            part(items[:, :QUERY], part.remember(Memory(items, items, REAL)))  # pyright: ignore[reportCallIssue]
        itself(items, REAL)
    assert [seen.weights.shape for seen in recording.of(1)] == [(QUERY, 4), (HEADS, QUERY, 4), (HEADS, 4, 4)]
    assert [seen.weights.shape for seen in recording.of(0)] == [(QUERY, KEY), (HEADS, QUERY, KEY), (HEADS, KEY, KEY)]
    for seen in recording.of(1):
        assert_close(seen.weights.sum(-1), np.ones_like(seen.weights.sum(-1)))


def test_labels_are_those_of_a_map_that_can_be_written_down() -> None:
    weights = torch.rand(BATCH, HEADS, QUERY, KEY)
    recording = shown(look=[weights], gate=[torch.rand(BATCH, 1, QUERY, KEY)])
    words, marks = list("abcde"), ["u", None, "w", "x", "y", "z", None]
    [seen] = recording.labelled(1, layers="look", query=words, key=marks)
    assert [axis.labels for axis in seen.axes] == [("0", "1", "2"), tuple("abcde"), tuple("uwxyz")]
    assert_close(torch.tensor(np.array(seen.weights)), weights[1][..., [0, 2, 3, 4, 5]])
    again = AttentionMap.from_json(json.loads(json.dumps(seen.to_json())))
    assert again.axes == seen.axes
    assert_close(np.array(again.weights), np.array(seen.weights))


def test_steps_are_joined_in_their_order() -> None:
    steps = [torch.rand(BATCH, HEADS, 1, size) for size in (2, 3, 4)]
    [seen] = shown(look=steps).of(1, joined=True)
    assert seen.layer == "look"
    assert seen.weights.shape == (HEADS, 3, 4)
    for row, step in enumerate(steps):
        assert_close(torch.tensor(seen.weights[:, row, : row + 2].copy()), step[1, :, 0])
        assert (seen.weights[:, row, row + 2 :] == 0).all()


ONE = [torch.rand(BATCH, HEADS, QUERY, KEY)]
WRONG: dict[str, tuple[dict[str, list[Tensor]], dict[str, Any], type[Exception], str]] = {
    "no such layer": ({"look": ONE}, {"layers": "lok"}, OptionError, "'lok' names none. There are: look"),
    "too few": ({"look": ONE}, {"key": 0}, OptionError, "`key` must be 1 to 7, as many as `look` has, but is 0"),
    "a mask of another length": (
        {"look": ONE},
        {"key": [True] * 3},
        OptionError,
        r"each of the 7 items .*shape \(3,\)",
    ),
    "the mask of a batch": ({"look": ONE}, {"key": REAL}, OptionError, r"shape \(2, 7\). Give one example's mask"),
    "several batches": (
        {"look": ONE, "window": [torch.rand(8, QUERY, KEY)]},
        {},
        DataError,
        r"first axes differ: `look` 2, `window` 8\. .* lays windows or heads",
    ),
    "batches of one layer": (
        {"look": [*ONE, torch.rand(BATCH + 1, QUERY, KEY)]},
        {},
        DataError,
        r"first axes differ: `look` 2, `look` 3\. The model was called",
    ),
    "steps of other heads": (
        {"look": [*ONE, torch.rand(BATCH, 1, QUERY, KEY)]},
        {"joined": True},
        DataError,
        "`look` showed 2 maps that can't be joined",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_cut_is_refused(what: str) -> None:
    weights, options, error, message = WRONG[what]
    with pytest.raises(error, match=message):
        shown(**weights).of(0, **options)


def test_labels_of_another_length_are_refused() -> None:
    with pytest.raises(OptionError, match="`key` must have a label for each of the 7 items of `look`, but has 3"):
        shown(look=ONE).labelled(key=list("abc"))
