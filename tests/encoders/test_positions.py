"""Where a token stands is said as in the paper, and from where one says."""

import math

import pytest
import torch

from saccade.encoders.positions import PlacedTokens, sines
from saccade.errors import OptionError

WIDTH = 10


def papers(place: int, column: int) -> float:
    """Vaswani 2017, section 3.5: sines at even columns, cosines at odd ones."""
    angle = place / 10_000 ** ((column - column % 2) / WIDTH)
    return math.cos(angle) if column % 2 else math.sin(angle)


def test_sines_are_the_papers_in_another_order_of_columns():
    places = torch.tensor([0, 1, 7, 113])
    expected = torch.tensor([[papers(place, column) for column in range(WIDTH)] for place in places.tolist()])
    torch.testing.assert_close(sines(places, WIDTH), torch.cat([expected[:, ::2], expected[:, 1::2]], dim=1))


@pytest.mark.parametrize("positions", ["sine", "learnt"])
def test_tokens_are_scaled_and_placed_from_the_first_on(positions: str):
    place = PlacedTokens(WIDTH, positions, longest=13)  # pyright: ignore[reportArgumentType]
    embedded = torch.randn(2, 7, WIDTH)
    placed = place(embedded)
    torch.testing.assert_close(placed, embedded * math.sqrt(WIDTH) + sines(torch.arange(7), WIDTH))
    torch.testing.assert_close(place(embedded[:, 5:], first=5), placed[:, 5:])


def test_places_beyond_those_that_are_learnt_share_the_last():
    place = PlacedTokens(WIDTH, "learnt", longest=5)
    assert place.learnt is not None
    placed = place(torch.zeros(1, 7, WIDTH))[0]
    torch.testing.assert_close(placed[5:], place.learnt[4].expand(2, -1))
    placed.sum().backward()
    torch.testing.assert_close(place.learnt.grad, torch.tensor([1.0, 1.0, 1.0, 1.0, 3.0])[:, None].expand(-1, WIDTH))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"d_model": 7}, r"`d_model` must be even.* but is 7. Take 8"),
        ({"d_model": 6, "longest": 0}, r"`longest` must be at least 1, but is 0"),
    ],
)
def test_what_cannot_be_placed_is_refused(options: dict, message: str):
    with pytest.raises(OptionError, match=message):
        PlacedTokens(**options)
